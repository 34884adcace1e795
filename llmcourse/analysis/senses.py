"""Words with two meanings, as they occur in stories, and what a model makes of them layer by layer.

    He sat on the bank of a stream.        She saw people counting their money in the bank.

The world knows which is meant (`Story.senses`), so that nobody has to label anything. And since these are small
stories, it can be said what a neighbour gives away: *wet bark*, *loud bark*.
"""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, replace

import torch
from jaxtyping import Float
from torch import Tensor

from llmcourse.corpus.text import join_words
from llmcourse.corpus.tokenizers import Tokenizer
from llmcourse.corpus.world import World
from llmcourse.errors import CourseError
from llmcourse.inference.generate import evaluating
from llmcourse.inference.inputs import by_length, pad_batch
from llmcourse.model.bert import BERT
from llmcourse.model.gpt import GPT
from llmcourse.model.recording import record


@dataclass(frozen=True)
class Occurrence:
    """A word that has two meanings, in a text: word number `position`, from 0. `story` tells the texts apart."""

    story: int
    words: tuple[str, ...]
    position: int
    word: str
    meaning: str

    @property
    def neighbours(self) -> tuple[str, str]:
        """The word before it and the word after it; empty where the text begins or ends."""
        before = self.words[self.position - 1] if self.position else ""
        after = self.words[self.position + 1] if self.position + 1 < len(self.words) else ""
        return before, after

    def without_left(self) -> "Occurrence":
        """The same, in a text that begins with it: all that came before is gone."""
        return replace(self, words=self.words[self.position :], position=0)


def occurrences(texts: Sequence[str], world: World | None = None) -> list[Occurrence]:
    """All words with two meanings in these stories, with the meaning that each has. Raises NotAStory."""
    found, world = [], world or World()
    for number, text in enumerate(texts):
        story = world.read(text)
        found += [Occurrence(number, story.tokens, s.position, s.word, s.meaning) for s in story.senses]
    return found


def meanings(found: Sequence[Occurrence]) -> tuple[list[str], list[int]]:
    """(the meanings that occur, in the order of the alphabet; for each occurrence the number of its own)."""
    names = sorted({each.meaning for each in found})
    return names, [names.index(each.meaning) for each in found]


def told_by_neighbours(found: Sequence[Occurrence]) -> list[bool]:
    """For each: does it stand between two words between which it never has another meaning, in any of these texts?"""
    between = defaultdict(set)
    for each in found:
        between[each.word, each.neighbours].add(each.meaning)
    return [len(between[each.word, each.neighbours]) == 1 for each in found]


@torch.no_grad()
def layer_vectors(
    model: BERT | GPT, tokenizer: Tokenizer, found: Sequence[Occurrence], batch_size: int = 64
) -> Float[Tensor, "layer occurrence d_model"]:
    """The vector of each occurrence: first as it is embedded, then as it leaves each block of the model.

    Each is divided by its size (the root of its mean square), as the model's own norms do before a block reads it.
    Raises CourseError for a tokenizer whose tokens are no words, and where there is nothing to look at.
    """
    if not found:
        raise CourseError("no word with two meanings was given: there is no vector to look at")
    rows = [tokenizer.encode(join_words(each.words), bos=True, eos=isinstance(model, BERT)) for each in found]
    for each, row in zip(found, rows, strict=True):
        if tokenizer.tokens(row[each.position + 1 : each.position + 2]) != [each.words[each.position]]:
            raise CourseError("the tokens of this tokenizer are no words: give it a model that reads whole words")
    vectors: list[Tensor | None] = [None] * len(found)
    with evaluating(model), record(model, "embeddings", "blocks.*.residual_out") as trace:
        for some in by_length([len(row) for row in rows], batch_size):
            batch = pad_batch([rows[number] for number in some], tokenizer.pad_id)
            model.encode(batch.ids.to(model.device), batch.mask.to(model.device))
            layers = torch.stack([trace[name] for name in trace.names]).float().cpu()  # layer batch position d_model
            for place, number in enumerate(some):
                vectors[number] = layers[:, place, found[number].position + 1]
    stacked = torch.stack([vector for vector in vectors if vector is not None], dim=1)
    return stacked / stacked.square().mean(dim=-1, keepdim=True).sqrt().clamp_min(1e-6)


@torch.no_grad()
def neighbour_vectors(
    model: BERT | GPT, tokenizer: Tokenizer, found: Sequence[Occurrence]
) -> Float[Tensor, "occurrence both"]:
    """The embeddings of the word before and the word after, side by side: what a look to both sides gives away.

    Nothing of this has been through a layer. Where there is no neighbour, `<bos>` or `<eos>` stands in its place.
    """
    names = [(before or "<bos>", after or "<eos>") for before, after in (each.neighbours for each in found)]
    ids = torch.tensor([[tokenizer.id_of(name) for name in pair] for pair in names], device=model.device)
    return model.token_embedding(ids).flatten(1).float().cpu()
