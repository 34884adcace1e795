"""Labelled texts as batches: the same stream as `Batches`, with answers of another kind.

A language model's targets are the text itself. Here each text comes with targets of its own:

    which class?                one target for each text, a number from 0 to n_classes - 1
    from where to where?        two targets for each text, the places of the answer's first and last token

The training loop asks a batch only for its `logits` and its `targets`; so it fine-tunes without a change.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from llmcourse.corpus.tokenizers import Tokenizer
from llmcourse.errors import CourseError
from llmcourse.model.masks import padding_mask
from llmcourse.training.batches import AnyBatch, Batches
from llmcourse.training.objectives import padded


@dataclass(frozen=True)
class LabelledRow:
    """One text as ids, its targets, and which segment each token belongs to (where the model has segments)."""

    ids: tuple[int, ...]
    targets: tuple[int, ...]
    segments: tuple[int, ...] | None = None

    def __len__(self) -> int:
        return len(self.ids)

    def __getitem__(self, places: slice) -> tuple[int, ...]:
        """Some of its ids."""
        return self.ids[places]


@dataclass(frozen=True, eq=False)
class LabelledBatch(AnyBatch):
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


def collate_labelled(rows: Sequence[LabelledRow], pad_id: int = 0) -> LabelledBatch:
    """Rows as one batch, as wide as the longest of them. Either all of them have segments, or none."""
    ids = padded([list(row.ids) for row in rows], pad_id)
    targets = torch.tensor([row.targets for row in rows])
    segments = None
    if rows[0].segments is not None:
        segments = padded([list(row.segments or ()) for row in rows], 0)
    return LabelledBatch(ids, targets, padding_mask(ids, pad_id), segments)


class LabelledBatches(Batches):
    """An endless stream of labelled batches that can be continued from any place: `Batches` of other rows.

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
        for number, row in enumerate(rows):
            if len(row) > context:
                raise CourseError(f"text {number} has {len(row)} tokens, but the context is {context}: shorten it")
        super().__init__(
            rows,
            tokenizer,
            context,
            batch_size,
            seed,
            objective=lambda some, rng: collate_labelled(some, tokenizer.pad_id),  # nothing is left to chance
        )
