"""From token ids to what a model takes in: rows of one length, with a mask that says what is text.

    <bos> Mia sang . <pad> <pad>        True  True True True  False False
    <bos> Tom gave it  .   <eos>        True  True True True  True  True

Two choices are made here that no error message will ever speak of: on which side short rows are filled up, and what is
left out of a text that is too long.
"""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from jaxtyping import Bool, Int
from torch import Tensor

from llmcourse.errors import CourseError

SIDES = ("right", "left")


class PaddedBatch(NamedTuple):
    """Rows of ids, and which of them are text. As a mask for attention it has a row for all queries."""

    ids: Int[Tensor, "batch position"]
    is_text: Bool[Tensor, "batch position"]

    @property
    def mask(self) -> Bool[Tensor, "batch 1 position"]:
        """What a model takes: which keys any query may look at."""
        return self.is_text[:, None, :]


def pad_batch(rows: Sequence[Sequence[int]], pad_id: int = 0, side: str = "right") -> PaddedBatch:
    """Rows of different lengths as one batch, and where in it there is text.

    `side`: where the padding goes. What is text is told by the lengths, so a row may hold `pad_id` as a token.
    Raises CourseError when there is no row, a row is empty, or the side is unknown.
    """
    if side not in SIDES:
        raise CourseError(f"side={side!r} is unknown: padding goes to the 'right' or to the 'left'")
    if not rows or not all(len(row) for row in rows):
        raise CourseError("a batch needs a row, and each row a token: leave out empty texts, or give them a <bos>")
    if side == "left":
        return PaddedBatch(*fill_front(rows, pad_id))
    width = max(len(row) for row in rows)
    ids = torch.full((len(rows), width), pad_id)
    is_text = torch.zeros(len(rows), width, dtype=torch.bool)
    for number, row in enumerate(rows):
        ids[number, : len(row)] = torch.tensor(list(row))
        is_text[number, : len(row)] = True
    return PaddedBatch(ids, is_text)


def fill_front(
    prompts: Sequence[Sequence[int]], pad_id: int = 0
) -> tuple[Int[Tensor, "batch position"], Bool[Tensor, "batch position"]]:
    """The prompts as the rows of one tensor, the shorter ones filled up at their front; and True where there is text.

    A prompt may hold `pad_id` itself: what is text is known from the lengths. Raises CourseError without prompts.
    """
    if not prompts:
        raise CourseError("there are no prompts: give at least one")
    width = max(len(prompt) for prompt in prompts)
    missing = torch.tensor([width - len(prompt) for prompt in prompts])
    rows = [[pad_id] * (width - len(prompt)) + list(prompt) for prompt in prompts]
    ids = torch.tensor(rows, dtype=torch.long).view(len(prompts), width)
    return ids, torch.arange(width) >= missing[:, None]


def fit_question(context: Sequence[int], question: Sequence[int], size: int, keep: str = "end") -> list[int]:
    """The context and, behind it, the whole question, in at most `size` ids; what is too much goes from the context.

    `keep`: which part of a context that is too long stays: its "end", or its "beginning".
    Raises CourseError when the question leaves no room for any of a context, and for another `keep`.
    """
    if keep not in ("beginning", "end"):
        raise CourseError(f"keep={keep!r} is unknown: keep the 'beginning' of the context or its 'end'")
    room = size - len(question)
    if room < 0 or (room == 0 and len(context)):
        raise CourseError(f"the question has {len(question)} tokens, and {size} are allowed: nothing of the text fits")
    kept = context[max(0, len(context) - room) :] if keep == "end" else context[:room]
    return [*kept, *question]


def by_length(lengths: Sequence[int], batch_size: int) -> list[list[int]]:
    """The numbers of the rows in batches of `batch_size`, rows of like length together.

    Raises CourseError for a batch size below 1.
    """
    if batch_size < 1:
        raise CourseError(f"batch_size={batch_size}: a batch has at least one row")
    order = sorted(range(len(lengths)), key=lambda number: lengths[number])
    return [order[start : start + batch_size] for start in range(0, len(order), batch_size)]


def batches_within(lengths: Sequence[int], most_places: int) -> list[list[int]]:
    """The numbers of the rows in batches that have at most `most_places` places each, padding included.

    Short rows come many to a batch and long ones few, so that every batch costs about the same memory.
    Raises CourseError for a row that alone has more places.
    """
    batches: list[list[int]] = []
    for number in sorted(range(len(lengths)), key=lambda number: lengths[number]):
        if lengths[number] > most_places:
            raise CourseError(f"row {number} has {lengths[number]} tokens, and a batch at most {most_places} places")
        if batches and (len(batches[-1]) + 1) * lengths[number] <= most_places:  # this row is the longest so far
            batches[-1].append(number)
        else:
            batches.append([number])
    return batches


def padding_share(lengths: Sequence[int], batches: Sequence[Sequence[int]]) -> float:
    """Of all the places that these batches have, the share that is filled with padding."""
    places = sum(len(batch) * max(lengths[number] for number in batch) for batch in batches)
    if not places:
        raise CourseError("there is no batch to count the padding of")
    return 1 - sum(lengths[number] for batch in batches for number in batch) / places
