"""Constrained decoding: only tokens that a rule allows can be drawn.

A rule is a function from the ids so far to the ids that may come next. The model's probabilities of these are scaled up
so that they sum to 1 again, one step at a time. That is *not* the distribution of the model's texts that keep the rule:
it does not know which beginnings lead into a corner (see notebook 17).
"""

import math
from collections.abc import Callable, Collection, Sequence

import torch
from jaxtyping import Float, Int
from torch import Tensor

from llmcourse.corpus.reader import StoryReader
from llmcourse.corpus.tokenizers import Tokenizer
from llmcourse.corpus.world import World
from llmcourse.errors import CourseError

Rule = Callable[[list[int]], Collection[int]]  # ids so far -> ids that may come next


def allow_only(
    logits: Float[Tensor, "batch vocab"], allowed: Sequence[Collection[int]]
) -> Float[Tensor, "batch vocab"]:
    """For each row, only the tokens with these ids stay; all others become -inf.

    Raises CourseError where a row has no token left, or only such as were ruled out before.
    """
    forbidden = torch.ones_like(logits, dtype=torch.bool)
    for row, ids in enumerate(allowed):
        forbidden[row, list(ids)] = False
    left = logits.masked_fill(forbidden, -math.inf)
    if (left == -math.inf).all(dim=-1).any():
        raise CourseError("no allowed token is left: the rule and what was drawn so far contradict each other")
    return left


class Constrained:
    """A rule as what `generate(adjust=...)` wants, one for each batch. A row that ended with `stop_id` is left alone.

    kept: for each step, ln of the probability that the model had given to what was allowed, as a tensor (batch). e to
        the sum of them is a text's weight: weighed so, the texts are distributed as those of the model that happen to
        keep the rule, and the mean weight is the share of its texts that do.
    """

    def __init__(self, rule: Rule, stop_id: int):
        self.rule, self.stop_id = rule, stop_id
        self.kept: list[Tensor] = []

    def __call__(
        self, logits: Float[Tensor, "batch vocab"], ids: Int[Tensor, "batch position"]
    ) -> Float[Tensor, "batch vocab"]:
        rows = ids.tolist()
        allowed = [[self.stop_id] if row[-1] == self.stop_id else self.rule(row) for row in rows]
        left = allow_only(logits, allowed)
        done = torch.tensor([row[-1] == self.stop_id for row in rows], device=logits.device)
        kept = left.logsumexp(dim=-1) - logits.logsumexp(dim=-1)
        self.kept.append(kept.masked_fill(done, 0))
        return left


class WorldRule:
    """The world's own grammar: allowed is every word with which some story goes on, and at its end only <eos>.

    Raises CourseError (NotAStory) for a text that is no beginning of a story.
    """

    def __init__(self, tokenizer: Tokenizer, world: World | None = None):
        self._tokenizer, self._world = tokenizer, world or World()
        self._readers: dict[tuple[int, ...], StoryReader] = {}

    def __call__(self, ids: list[int]) -> list[int]:
        """The ids that may come after these, which may begin with <bos>."""
        return [self._tokenizer.id_of(word) for word in self.options(ids)] or [self._tokenizer.eos_id]

    def options(self, ids: list[int]) -> dict[str, float]:
        """The same as words, with the world's probabilities; empty at a story's end."""
        text = tuple(ids)
        reader = self._readers.pop(text[:-1], None)  # whoever read the text without its last token reads on
        new = text[-1:] if reader else text
        reader = reader or StoryReader(self._world)
        for id in new:
            if id != self._tokenizer.bos_id:
                reader.read(self._tokenizer.vocabulary[id])
        self._readers[text] = reader
        return reader.options
