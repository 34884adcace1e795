"""Batches: documents become rows, rows become tensors.

A document is `<bos>` t₁ t₂ … tₙ `<eos>`. Shifting it by one place gives the two halves of a training example:

    ids       <bos>  Mia  ran  .       what the model reads
    targets   Mia    ran  .    <eos>   what it should say next, at every position

Documents differ in length, a tensor has straight edges, and computing on padding is wasted time. Two ways out:

    rows="documents"   each row is one document; a batch takes documents of about the same length
    rows="packed"      each row is as many whole documents as fit into the context

In a packed row a document can attend to those before it, unless `document_mask` forbids it.
"""

import hashlib
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import Any, TypeVar

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, Int
from torch import Tensor

from llmcourse.corpus.tokenizers import Tokenizer
from llmcourse.errors import CourseError
from llmcourse.training.loss import IGNORE

Row = list[int]
Collator = Callable[[Sequence[Any], random.Random], "AnyBatch"]  # of rows: mostly of ids, see `Row`
Kind = TypeVar("Kind", bound="AnyBatch")
POOL = 16  # with one document per row, sixteen batches at a time are drawn and sorted by length


class AnyBatch:
    """What every kind of batch can do. Its fields are tensors whose first axis runs over the rows, or None.

    The training loop asks a batch for its `logits` and its `targets`, and for some of its rows; what else it holds is
    its own affair. A kind of batch is a frozen dataclass.
    """

    ids: Tensor  # what is read
    targets: Tensor  # -100 (`IGNORE`) where nothing is asked

    def logits(self, model: Any) -> Tensor:
        """What the model says to this batch: for each target a row of scores, one for each choice."""
        raise NotImplementedError

    def nats(self, model: Any) -> Float[Tensor, ""]:
        """What training makes smaller: the losses at all targets, summed up. Here -ln p(target) of each."""
        logits = self.logits(model).float()  # softmax and logarithm need all the digits of float32
        return F.cross_entropy(logits.flatten(0, 1), self.targets.flatten(), ignore_index=IGNORE, reduction="sum")

    def to(self: Kind, device: torch.device) -> Kind:
        return self.each(lambda tensor: tensor.to(device))

    def rows(self: Kind, start: int, end: int | None = None, step: int = 1) -> Kind:
        """Some of its rows, as a smaller batch."""
        return self.each(lambda tensor: tensor[start:end:step])

    def each(self: Kind, change: Callable[[Tensor], Tensor]) -> Kind:
        """The batch with every tensor that it has changed in the same way."""
        return type(self)(**{name: None if t is None else change(t) for name, t in vars(self).items()})

    @property
    def scored(self) -> int:
        """How many of its targets count."""
        return int((self.targets != IGNORE).sum())


@dataclass(frozen=True, eq=False)
class Batch(AnyBatch):
    """What one training step reads. `mask` is None where a model's usual attention is meant.

    An encoder-decoder has a second text, the one that it reads: `source`, with a mask that hides its padding.
    """

    ids: Int[Tensor, "batch position"]
    targets: Int[Tensor, "batch position"]
    mask: Bool[Tensor, "batch #position key"] | None = None
    source: Int[Tensor, "batch memory"] | None = None
    source_mask: Bool[Tensor, "batch 1 memory"] | None = None

    def logits(self, model: Any) -> Float[Tensor, "batch position vocab"]:
        """What the model says to this batch."""
        if self.source is not None:
            return model(self.source, self.ids, self.source_mask, self.mask)
        return model(self.ids) if self.mask is None else model(self.ids, mask=self.mask)


def document_ids(documents: Sequence[Any], tokenizer: Tokenizer) -> list[Any]:
    """Every document as ids, from `<bos>` to `<eos>`. What is a row already stays as it is."""
    return [tokenizer.encode(d, bos=True, eos=True) if isinstance(d, str) else d for d in documents]


def cut(document: Row, context: int, first: int | None = None) -> list[Row]:
    """A long document in pieces that each fit the context, and each begin with its `<bos>`.

    Each token after `<bos>` is the target of exactly one piece. `first` tokens go into the first piece (default: as
    many as fit), so that a different number in every epoch shows the model different pieces.
    """
    bos, body = document[:1], document[1:]
    edges = [0, *range(first or context, len(body), context), len(body)]
    return [bos + body[start:end] for start, end in pairwise(edges)]


def pack(documents: Sequence[Row], context: int) -> list[Row]:
    """Whole documents side by side in rows of at most `context` inputs: best fit, the longest first.

    Each document goes into the fullest row that still has room for it. A row of n ids is n - 1 inputs and as many
    targets, so it may hold `context + 1` ids.
    """
    rows_by_space: list[list[Row]] = [[] for _ in range(context + 2)]
    for document in sorted(documents, key=len, reverse=True):
        space = next((s for s in range(len(document), context + 2) if rows_by_space[s]), None)
        row = [] if space is None else rows_by_space[space].pop()
        row = row + document
        rows_by_space[context + 1 - len(row)].append(row)
    return [row for rows in rows_by_space for row in rows]


def collate(rows: Sequence[Row], tokenizer: Tokenizer, masked: bool = False) -> Batch:
    """Rows of ids as one batch, as wide as its longest row. With `masked` it has a `document_mask`."""
    width = max(map(len, rows))
    padded = torch.tensor([row + [tokenizer.pad_id] * (width - len(row)) for row in rows])
    ids, targets = next_token_targets(padded, tokenizer.pad_id, tokenizer.bos_id)
    return Batch(ids, targets, document_mask(ids, tokenizer.bos_id) if masked else None)


def next_token_targets(
    rows: Int[Tensor, "batch length"], pad_id: int, bos_id: int
) -> tuple[Int[Tensor, "batch position"], Int[Tensor, "batch position"]]:
    """(what a causal model reads, what it should say at each position): the ids one place further on.

    Both are one shorter than the rows. Not scored (`IGNORE`) are padding and `<bos>`: what document comes next in a
    packed row is nothing that a model should predict.
    """
    ids, targets = rows[:, :-1].contiguous(), rows[:, 1:].clone()
    targets[(targets == pad_id) | (targets == bos_id)] = IGNORE
    return ids, targets


def document_mask(ids: Int[Tensor, "batch position"], bos_id: int) -> Bool[Tensor, "batch position key"]:
    """True where a position may attend: to itself and to what stands before it *in the same document*."""
    document = (ids == bos_id).cumsum(dim=1)  # 1 in the first document of a row, 2 in the second, …
    same_document = document[:, :, None] == document[:, None, :]
    return same_document.tril()  # tril: the key does not come after the position that attends to it


class Batches:
    """An endless stream of batches that can be continued from any place.

    The order is a function of `seed` and the number of the epoch, so the place in the stream is two integers.

    documents:  texts, each a document of its own; or rows made elsewhere, of ids or whatever the objective reads
    context:    the most tokens that a row of `ids` may have: the model's context
    batch_size: rows in a batch
    rows:       "documents" or "packed", see above
    masked:     give a `document_mask` with each batch, for packed rows (slower: attention then reads a mask)
    objective:  what makes batches of rows, and asks other questions than "which token comes next?" (objectives.py)
    first:      another objective for the first `n_first` batches: an easy lesson before the real one
    cut_long:   cut documents that do not fit the context into pieces, differently in each epoch; else they are an error
    """

    def __init__(
        self,
        documents: Sequence[Any],
        tokenizer: Tokenizer,
        context: int,
        batch_size: int,
        seed: int = 0,
        rows: str = "documents",
        masked: bool = False,
        cut_long: bool = False,
        objective: Collator | None = None,
        first: Collator | None = None,
        n_first: int = 0,
    ):
        if rows not in ("documents", "packed"):
            raise CourseError(f"rows={rows!r} is unknown: choose 'documents' or 'packed'")
        if not documents:
            raise CourseError("there is nothing to train on: the list of documents is empty")
        if context < 1 or batch_size < 1:
            raise CourseError(f"context and batch_size must be at least 1, not {context} and {batch_size}")
        self.tokenizer, self.context, self.batch_size = tokenizer, context, batch_size
        self.seed, self.rows, self.masked, self.cut_long = seed, rows, masked, cut_long
        self.objective, self.first, self.n_first = objective, first, n_first
        self.documents = document_ids(documents, tokenizer)
        check_lengths(self.documents, context, cut_long)
        self.epoch, self.position = 0, 0  # the next batch is number `position` of epoch number `epoch`
        self._plan: list[list[Any]] = self._epoch_plan()

    def _epoch_plan(self) -> list[list[Any]]:
        """The rows of every batch of this epoch. An incomplete last batch is left out: another epoch shows its rows."""
        order = random.Random(f"{self.seed} {self.epoch}")
        rows = self.documents
        if self.cut_long:
            rows = [piece for row in rows for piece in cut(row, self.context, first=order.randint(1, self.context))]
        rows = order.sample(rows, len(rows))
        size = min(self.batch_size, len(rows))
        if self.rows == "packed":
            rows = pack(rows, self.context)
            order.shuffle(rows)
            size = min(self.batch_size, len(rows))
        else:
            pools = [rows[start : start + POOL * size] for start in range(0, len(rows), POOL * size)]
            rows = [row for pool in pools for row in sorted(pool, key=len)]
        batches = [rows[start : start + size] for start in range(0, len(rows) - size + 1, size)]
        order.shuffle(batches)
        return batches

    def __iter__(self) -> "Batches":
        return self

    def __next__(self) -> Any:
        if self.position == len(self._plan):
            self.epoch, self.position = self.epoch + 1, 0
            self._plan = self._epoch_plan()
        self.position += 1
        return self.collated(self.position - 1)

    def collated(self, position: int) -> Any:
        """A batch of this epoch. What its objective leaves to chance depends on its place in the stream alone."""
        is_first = self.epoch * len(self._plan) + position < self.n_first
        objective = self.first if is_first and self.first is not None else self.objective
        if objective is None:
            return collate(self._plan[position], self.tokenizer, self.masked)
        return objective(self._plan[position], random.Random(f"{self.seed} {self.epoch} {position}"))

    def peek(self) -> Any:
        """The batch that comes next, without taking it."""
        return self.collated(self.position % len(self._plan))

    def __len__(self) -> int:
        """Batches in the present epoch."""
        return len(self._plan)

    @property
    def last(self) -> str:
        """The batch that was given last, in words."""
        begins = self.tokenizer.decode(self._plan[self.position - 1][0][:8])
        return f"batch {self.position} of epoch {self.epoch + 1} (its first text begins {begins!r})"

    def state(self) -> dict[str, int | str]:
        """Where the stream stands, and a fingerprint of what it streams; `restore` takes it back there."""
        return {"epoch": self.epoch, "position": self.position, "fingerprint": self.fingerprint}

    def restore(self, state: dict[str, int | str]) -> None:
        """Continue where `state()` was taken. Raises CourseError when that was with other documents or settings."""
        if state["fingerprint"] != self.fingerprint:
            raise CourseError("these batches are not those of the saved run: give it the same documents and settings")
        self.epoch, self.position = int(state["epoch"]), int(state["position"])
        self._plan = self._epoch_plan()

    @cached_property
    def fingerprint(self) -> str:
        """A short hash of the documents and of all that decides about their order."""
        settings: tuple[Any, ...] = (self.context, self.batch_size, self.seed, self.rows, self.masked, self.cut_long)
        if self.objective is not None:
            settings += (type(self.objective).__name__,)
        if self.first is not None:
            settings += (type(self.first).__name__, self.n_first)
        digest = hashlib.sha256(repr((settings, self.tokenizer.vocabulary)).encode())
        for document in self.documents:
            digest.update(repr(document).encode())
        return digest.hexdigest()[:16]


def check_lengths(documents: Sequence[Any], context: int, cut_long: bool) -> None:
    """Raises CourseError for the first document that is too long for the context and may not be cut."""
    for number, document in enumerate(documents):
        if len(document) - 1 > context and not cut_long:
            raise CourseError(
                f"document {number} has {len(document) - 1} tokens to predict, but the context is {context}: "
                "raise the context, or pass cut_long=True to cut long documents into pieces"
            )
