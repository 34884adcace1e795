"""Labelled texts as batches: the same stream as `Batches`, with answers of another kind.

A language model's targets are the text itself. Here each text comes with targets of its own:

    which class?                one target for each text, a number from 0 to n_classes - 1
    from where to where?        two targets for each text, the places of the answer's first and last token

The training loop asks a batch only for its `logits` and its `targets`; so it fine-tunes without a change.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from llmcourse.corpus.tokenizers import Tokenizer
from llmcourse.errors import CourseError
from llmcourse.model.masks import padding_mask
from llmcourse.training.batches import Batches
from llmcourse.training.loss import IGNORE
from llmcourse.training.objectives import padded


@dataclass(frozen=True)
class LabelledRow:
    """One text as ids, its targets, and which segment each token belongs to (where the model has segments)."""

    ids: tuple[int, ...]
    targets: tuple[int, ...]
    segments: tuple[int, ...] | None = None

    def __len__(self) -> int:
        return len(self.ids)


class LabelledBatch(NamedTuple):
    """What one step of fine-tuning reads. `mask` hides padding from every token."""

    ids: Int[Tensor, "batch position"]
    targets: Int[Tensor, "batch question"]
    mask: Bool[Tensor, "batch 1 position"] | None = None
    segments: Int[Tensor, "batch position"] | None = None

    def logits(self, model: Any) -> Float[Tensor, "batch question choice"]:
        """What the model says to this batch: one row of scores for each target."""
        given = {name: value for name, value in (("mask", self.mask), ("segments", self.segments)) if value is not None}
        said = model(self.ids, **given)
        return said[:, None] if said.ndim == 2 else said  # a classifier answers one question for each text

    def to(self, device: torch.device) -> "LabelledBatch":
        return self.each(lambda tensor: tensor.to(device))

    def rows(self, start: int, end: int | None = None, step: int = 1) -> "LabelledBatch":
        """Some of its rows, as a smaller batch."""
        return self.each(lambda tensor: tensor[start:end:step])

    def each(self, change: Callable[[Tensor], Tensor]) -> "LabelledBatch":
        """The batch with every tensor that it has changed in the same way."""
        changed: list[Any] = [None if tensor is None else change(tensor) for tensor in self]
        return LabelledBatch(*changed)

    @property
    def scored(self) -> int:
        """How many of its targets count."""
        return int((self.targets != IGNORE).sum())


def collate_labelled(rows: Sequence[LabelledRow], pad_id: int = 0) -> LabelledBatch:
    """Rows as one batch, as wide as the longest of them. Either all of them have segments, or none."""
    ids = padded([list(row.ids) for row in rows], pad_id)
    targets = torch.tensor([row.targets for row in rows])
    segments = None
    if rows[0].segments is not None:
        segments = padded([list(row.segments or ()) for row in rows], 0)
    return LabelledBatch(ids, targets, padding_mask(ids, pad_id), segments)


class LabelledBatches(Batches):
    """An endless stream of labelled batches that can be continued from any place, as `Batches` can.

    rows:       texts with their targets
    tokenizer:  the one that made their ids
    context:    the most tokens that the model can read
    batch_size: rows in a batch; an incomplete last batch is left out, and another epoch shows its rows
    """

    def __init__(
        self, rows: Sequence[LabelledRow], tokenizer: Tokenizer, context: int, batch_size: int = 16, seed: int = 0
    ):
        if not rows:
            raise CourseError("there is nothing to learn from: the list of labelled texts is empty")
        if context < 1 or batch_size < 1:
            raise CourseError(f"context and batch_size must be at least 1, not {context} and {batch_size}")
        for number, row in enumerate(rows):
            if len(row) > context:
                raise CourseError(f"text {number} has {len(row)} tokens, but the context is {context}: shorten it")
        self.tokenizer, self.context, self.batch_size, self.seed = tokenizer, context, batch_size, seed
        self.rows, self.masked, self.cut_long, self.objective = "documents", False, False, None
        self.documents: Any = list(rows)
        self.epoch, self.position = 0, 0
        self._plan: list[list[Any]] = self._epoch_plan()

    def collated(self, position: int) -> Any:
        return collate_labelled(self._plan[position], self.tokenizer.pad_id)

    @property
    def last(self) -> str:
        """The batch that was given last, in words."""
        begins = self.tokenizer.decode(self._plan[self.position - 1][0].ids[:8])
        return f"batch {self.position} of epoch {self.epoch + 1} (its first text begins {begins!r})"
