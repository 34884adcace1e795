"""Batches for answers that are pointed at: the loop of chapter 10 trains a span head on them unchanged.

What the model is asked is a classification again, twice: which token is the first of the answer, and which the last.
The classes are the positions of the text.
"""

import hashlib
import random
from collections.abc import Callable, Sequence
from functools import cached_property
from typing import Any, NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor

from llmcourse.corpus.squad import SpanQuestion
from llmcourse.corpus.tokenizers import Tokenizer
from llmcourse.corpus.windows import Window, windows
from llmcourse.errors import CourseError
from llmcourse.training.batches import POOL


class SpanBatch(NamedTuple):
    """Windows side by side, and for each the first and the last token of the answer; (0, 0) where there is none."""

    ids: Int[Tensor, "batch position"]
    segments: Int[Tensor, "batch position"]
    targets: Int[Tensor, "batch 2"]

    def logits(self, model: Any) -> Float[Tensor, "batch 2 position"]:
        """What the model says to this batch."""
        return model(self.ids, self.segments)

    def to(self, device: torch.device) -> "SpanBatch":
        return self.each(lambda tensor: tensor.to(device))

    def rows(self, start: int, end: int | None = None, step: int = 1) -> "SpanBatch":
        """Some of its rows, as a smaller batch."""
        return self.each(lambda tensor: tensor[start:end:step])

    def each(self, change: Callable[[Tensor], Tensor]) -> "SpanBatch":
        """The batch with every tensor changed in the same way."""
        return SpanBatch(*map(change, self))

    @property
    def scored(self) -> int:
        """How many of its targets count: two for each row."""
        return self.targets.numel()


def collate_windows(group: Sequence[Window], pad_id: int = 0) -> SpanBatch:
    """Windows as one batch, as wide as the longest."""
    width = max(len(window.ids) for window in group)
    ids = [[*window.ids, *[pad_id] * (width - len(window.ids))] for window in group]
    segments = [[*window.segments, *[0] * (width - len(window.ids))] for window in group]
    targets = [window.target for window in group]
    return SpanBatch(torch.tensor(ids), torch.tensor(segments), torch.tensor(targets))


class SpanBatches:
    """An endless stream of batches of windows, with the interface of `Batches`: order and place come from the seed.

    questions:  with marked answers, or without any
    size:       tokens in a window; the model's context at most
    stride:     from the beginning of one window to that of the next
    """

    objective = None
    cut_long = False

    def __init__(
        self,
        questions: Sequence[SpanQuestion],
        tokenizer: Tokenizer,
        batch_size: int = 16,
        seed: int = 0,
        size: int = 128,
        stride: int = 48,
    ):
        if not questions:
            raise CourseError("there is nothing to train on: the list of questions is empty")
        if batch_size < 1:
            raise CourseError(f"batch_size must be at least 1, not {batch_size}")
        self.tokenizer, self.batch_size, self.seed, self.size, self.stride = tokenizer, batch_size, seed, size, stride
        self.windows = [window for question in questions for window in windows(question, tokenizer, size, stride)]
        self.epoch, self.position = 0, 0
        self._plan = self._epoch_plan()

    def _epoch_plan(self) -> list[list[Window]]:
        """The windows of every batch of this epoch, those of about one length together."""
        order = random.Random(f"{self.seed} {self.epoch}")
        drawn = order.sample(self.windows, len(self.windows))
        size = min(self.batch_size, len(drawn))
        pools = [drawn[start : start + POOL * size] for start in range(0, len(drawn), POOL * size)]
        drawn = [window for pool in pools for window in sorted(pool, key=lambda window: len(window.ids))]
        groups = [drawn[start : start + size] for start in range(0, len(drawn) - size + 1, size)]
        order.shuffle(groups)
        return groups

    def __iter__(self) -> "SpanBatches":
        return self

    def __next__(self) -> SpanBatch:
        if self.position == len(self._plan):
            self.epoch, self.position = self.epoch + 1, 0
            self._plan = self._epoch_plan()
        self.position += 1
        return collate_windows(self._plan[self.position - 1], self.tokenizer.pad_id)

    def peek(self) -> SpanBatch:
        """The batch that comes next, without taking it."""
        return collate_windows(self._plan[self.position % len(self._plan)], self.tokenizer.pad_id)

    def __len__(self) -> int:
        """Batches in the present epoch."""
        return len(self._plan)

    @property
    def last(self) -> str:
        """The batch that was given last, in words."""
        asked = self._plan[self.position - 1][0].question.question
        return f"batch {self.position} of epoch {self.epoch + 1} (its first question is {asked!r})"

    def state(self) -> dict[str, int | str]:
        """Where the stream stands, and a fingerprint of what it streams; `restore` takes it back there."""
        return {"epoch": self.epoch, "position": self.position, "fingerprint": self.fingerprint}

    def restore(self, state: dict[str, int | str]) -> None:
        """Continue where `state()` was taken. Raises CourseError when that was with other questions or settings."""
        if state["fingerprint"] != self.fingerprint:
            raise CourseError("these batches are not those of the saved run: give it the same questions and settings")
        self.epoch, self.position = int(state["epoch"]), int(state["position"])
        self._plan = self._epoch_plan()

    @cached_property
    def fingerprint(self) -> str:
        """A short hash of the questions and of all that decides about their order."""
        digest = hashlib.sha256(repr((self.batch_size, self.seed, self.size, self.stride)).encode())
        for window in self.windows:
            digest.update(repr((window.ids, window.target)).encode())
        return digest.hexdigest()[:16]
