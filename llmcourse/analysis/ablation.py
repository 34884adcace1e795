"""What is lost without a head: its output is set to zero, and the model is asked again.

Michel et al. (2019), Are Sixteen Heads Really Better than One?; Voita et al. (2019), Analyzing Multi-Head
Self-Attention: Specialized Heads Do the Heavy Lifting, the Rest Can Be Pruned.
"""

from collections.abc import Iterable, Sequence

import torch
from torch import Tensor

from llmcourse.analysis.token_kinds import token_losses
from llmcourse.corpus.tokenizers import Tokenizer
from llmcourse.corpus.world import Story
from llmcourse.errors import CourseError
from llmcourse.inference.generate import evaluating
from llmcourse.model import GPT, record
from llmcourse.model.recording import Edit
from llmcourse.training.batches import collate, document_ids

Head = tuple[int, int]  # layer, head
OTHER = {"she": "he", "he": "she", "She": "He", "He": "She"}


def by_layer(heads: Iterable[Head]) -> dict[int, list[int]]:
    """For each layer that has any of these heads, which."""
    found: dict[int, list[int]] = {}
    for layer, head in heads:
        found.setdefault(layer, []).append(head)
    return found


def silenced(heads: Iterable[Head]) -> dict[str, Edit]:
    """Edits for `record` that set the output of these heads to zero: `record(model, edit=silenced([(2, 1)]))`."""

    def cut(places: list[int]) -> Edit:
        def edit(z: Tensor) -> Tensor:  # batch head position d_head
            if max(places) >= z.shape[1]:
                raise CourseError(f"there is no head {max(places)} in z of shape {tuple(z.shape)}")
            z = z.clone()
            z[:, places] = 0
            return z

        return edit

    return {f"blocks.{layer}.attention.z": cut(places) for layer, places in by_layer(heads).items()}


def all_heads(model: GPT) -> list[Head]:
    """Every (layer, head) of a model."""
    return [(layer, head) for layer in range(model.config.n_layers) for head in range(model.config.n_heads)]


def later_mentions(story: Story) -> list[bool]:
    """For each token of the story and its `<eos>`: does it mention someone or something mentioned before?"""
    seen: set[str] = set()
    later = [False] * (len(story.tokens) + 1)
    for mention in story.mentions:
        later[mention.position] = mention.role in seen
        seen.add(mention.role)
    return later


def losses_at_mentions(
    model: GPT, tokenizer: Tokenizer, stories: Sequence[Story], silence: Iterable[Head] = ()
) -> tuple[float, float]:
    """The mean loss in nats at later mentions, and at all other tokens, with these heads silenced."""
    with silently(model, silence):
        losses = torch.cat(token_losses(model, tokenizer, [story.text for story in stories]))
    at_mentions = torch.tensor([mark for story in stories for mark in later_mentions(story)])
    return losses[at_mentions].mean().item(), losses[~at_mentions].mean().item()


@torch.no_grad()
def right_pronouns(model: GPT, tokenizer: Tokenizer, stories: Sequence[Story], silence: Iterable[Head] = ()) -> float:
    """Where a story goes on with "she" or "he": how often the model finds the right one likelier than the other."""
    places = [
        (row, i, token)  # position i of a row speaks of token i of its story, since <bos> stands in front
        for row, story in enumerate(stories)
        for i, token in enumerate(story.tokens)
        if token in OTHER
    ]
    if not places:
        raise CourseError(f"there is no 'she' or 'he' in these {len(stories)} stories: take more")
    batch = collate(document_ids([story.text for story in stories], tokenizer), tokenizer).to(model.device)
    with evaluating(model), silently(model, silence):
        logits = model(batch.ids).cpu()
    id_of = {word: tokenizer.encode(word)[0] for word in OTHER}
    right = sum(bool(logits[row, i, id_of[token]] > logits[row, i, id_of[OTHER[token]]]) for row, i, token in places)
    return right / len(places)


def silently(model: GPT, silence: Iterable[Head]):  # type: ignore[no-untyped-def]
    """`record` with these heads silenced; without any, a block that changes nothing."""
    heads = list(silence)
    return record(model, edit=silenced(heads)) if heads else record(model, "logits")
