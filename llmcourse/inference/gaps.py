"""What a BERT is good for without further training: it fills gaps, and it says how well a text hangs together.

It was never asked for a whole text, and gives it no probability. Two ways round: fill several gaps one after another,
so that each word knows of those filled before; and hide each word of a text in turn, and add up what it costs.
"""

from collections.abc import Sequence

import torch
from jaxtyping import Int
from torch import Tensor

from llmcourse.corpus.tokenizers import Tokenizer
from llmcourse.errors import CourseError
from llmcourse.inference.generate import evaluating
from llmcourse.model.bert import BERT

GAP = "<mask>"


def gap_ids(tokenizer: Tokenizer, words: Sequence[str | None]) -> Int[Tensor, "1 position"]:
    """The words of a text, None where one is hidden, as a BERT reads them: from `<bos>` to `<eos>`.

    Raises CourseError when the tokenizer has no mask, or does not know a word.
    """
    if GAP not in tokenizer.vocabulary:
        raise CourseError(f"this tokenizer has no {GAP}: it belongs to a model that was never asked to fill gaps")
    mask_id = tokenizer.vocabulary.index(GAP)
    ids = [mask_id if word is None else tokenizer.encode(word)[0] for word in words]
    return torch.tensor([[tokenizer.bos_id, *ids, tokenizer.eos_id]])


@torch.no_grad()
def model_gap_probabilities(
    model: BERT, tokenizer: Tokenizer, words: Sequence[str | None]
) -> dict[int, dict[str, float]]:
    """For each hidden place (None in `words`), the model's probability of every token, likeliest first.

    The world's own answer to the same question is `corpus.gaps.gap_probabilities`. Raises CourseError as `gap_ids`.
    """
    with evaluating(model):
        probabilities = model(gap_ids(tokenizer, words).to(model.device))[0].softmax(-1).cpu()
    found = {}
    for place, word in enumerate(words):
        if word is None:
            likely = sorted(enumerate(probabilities[place + 1].tolist()), key=lambda item: -item[1])
            found[place] = {tokenizer.vocabulary[id]: p for id, p in likely}
    return found


@torch.no_grad()
def pseudo_log_likelihood(model: BERT, ids: Int[Tensor, "1 position"], mask_id: int) -> float:
    """The sum of ln p(word | all other words) over the words of a text, each hidden by itself: the higher, the better
    the text hangs together. `ids` begin with `<bos>` and end with `<eos>`, which are not asked for.

    It is no log probability: over all texts, its exponentials do not sum to 1. Salazar et al. (2020).
    """
    places = torch.arange(1, ids.shape[1] - 1)
    hidden = ids.repeat(len(places), 1)  # a row for each word
    hidden[torch.arange(len(places)), places] = mask_id
    log_probs = model(hidden).log_softmax(-1)  # word position vocab
    return log_probs[torch.arange(len(places)), places, ids[0, places]].sum().item()


@torch.no_grad()
def fill_at_once(model: BERT, ids: Int[Tensor, "1 position"], mask_id: int) -> Int[Tensor, "1 position"]:
    """Every gap with its likeliest word. No gap knows what is written into another."""
    return torch.where(ids == mask_id, model(ids).argmax(-1), ids)


@torch.no_grad()
def fill_gaps(model: BERT, ids: Int[Tensor, "1 position"], mask_id: int) -> Int[Tensor, "1 position"]:
    """The surest gap first, with its likeliest word; then the surest of the others, given that word; and so on.

    Ghazvininejad et al. (2019), Mask-Predict, fill many at a time, and take some back.
    """
    ids, is_gap = ids.clone(), ids == mask_id
    while is_gap.any():
        best, words = model(ids).softmax(-1).max(-1)  # both: batch position
        place = best.masked_fill(~is_gap, -1).argmax()
        ids[0, place] = words[0, place]
        is_gap[0, place] = False  # even if a model without training finds nothing likelier than the mask
    return ids
