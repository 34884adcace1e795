"""Where does an encoder-decoder look in a story while it writes the answer? Where the answer stands is known."""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from llmcourse.corpus.text import split_words
from llmcourse.corpus.tokenizers import Tokenizer
from llmcourse.corpus.world import Story
from llmcourse.errors import CourseError
from llmcourse.inference.generate import evaluating
from llmcourse.model.encoder_decoder import EncoderDecoder
from llmcourse.model.recording import record

WEIGHTS = "decoder_blocks.*.cross_attention.weights"


def parted(story: Story) -> tuple[str, str]:
    """(the story with its question, the answer that stands after it)."""
    before, mark, answer = story.text.rpartition("?")
    return before + mark, answer.strip()


def answer_places(story: Story) -> dict[int, list[int]]:
    """For each word of the answer (0 is the first), where the story has the same word before: positions in its tokens.

    *Seven* at the end is *seven* before. A word that stands nowhere, and the full stop, have no entry.
    """
    source, answer = (split_words(text) for text in parted(story))
    where = {
        at: [place for place, other in enumerate(source) if other.lower() == word.lower()]
        for at, word in enumerate(answer)
        if word != "."
    }
    return {at: places for at, places in where.items() if places}


@torch.no_grad()
def reading_weights(
    model: EncoderDecoder, tokenizer: Tokenizer, story: Story
) -> Float[Tensor, "layer head answer source"]:
    """Where each head looks in the story just before each word of the answer is written."""
    source, answer = (tokenizer.encode(text) for text in parted(story))
    ids = torch.tensor([[tokenizer.bos_id, *answer[:-1]]], device=model.device)
    with evaluating(model), record(model, WEIGHTS) as trace:
        model(torch.tensor([source], device=model.device), ids)
    return torch.stack([trace[name][0].float().cpu() for name in trace.names])


def share_on_the_answer(
    model: EncoderDecoder, tokenizer: Tokenizer, stories: Sequence[Story]
) -> tuple[Float[Tensor, "layer head"], float]:
    """(for each head, the share of its weight that lies where the word to be written stands; what looking everywhere
    alike would give): the means over all words of all answers that stand in their story.

    Raises CourseError when there are no stories.
    """
    if not stories:
        raise CourseError("where a model looks is measured on stories, and there are none")
    shares, uniform = [], []
    for story in stories:
        weights = reading_weights(model, tokenizer, story)
        for at, places in answer_places(story).items():
            shares.append(weights[:, :, at, places].sum(-1))
            uniform.append(len(places) / weights.shape[-1])
    return torch.stack(shares).mean(0), sum(uniform) / len(uniform)
