"""Who is in which row of a batch, and when: two ways to let texts of different lengths share a model.

Nothing runs here. Lengths are counted in steps, and a step is one call of the model for all rows.
"""

from collections.abc import Sequence
from typing import NamedTuple

from llmcourse.errors import CourseError


class Stay(NamedTuple):
    """One text in its slot, from step `start` up to step `end`, which is no longer its own."""

    text: int
    slot: int
    start: int
    end: int


def static_stays(lengths: Sequence[int], n_slots: int) -> list[Stay]:
    """In groups of `n_slots`, in order; a group begins when all of the one before have ended."""
    check_schedule(lengths, n_slots)
    stays, start = [], 0
    for first in range(0, len(lengths), n_slots):
        group = lengths[first : first + n_slots]
        stays += [Stay(first + slot, slot, start, start + length) for slot, length in enumerate(group)]
        start += max(group)
    return stays


def continuous_stays(lengths: Sequence[int], n_slots: int) -> list[Stay]:
    """Each text, in order, takes the slot that is free first; of several, that with the lowest number."""
    check_schedule(lengths, n_slots)
    free_at = [0] * n_slots
    stays = []
    for text, length in enumerate(lengths):
        slot = free_at.index(min(free_at))
        stays.append(Stay(text, slot, free_at[slot], free_at[slot] + length))
        free_at[slot] += length
    return stays


def steps_of(stays: Sequence[Stay]) -> int:
    """How many steps it takes until the last text has ended."""
    return max((stay.end for stay in stays), default=0)


def utilization(stays: Sequence[Stay], n_slots: int) -> float:
    """The share of all slots in all steps that worked on a text."""
    busy = sum(stay.end - stay.start for stay in stays)
    return busy / (n_slots * steps_of(stays)) if stays else 0.0


def check_schedule(lengths: Sequence[int], n_slots: int) -> None:
    if n_slots < 1:
        raise CourseError(f"n_slots={n_slots} must be 1 or more: a text needs a row to be in")
    if any(length < 0 for length in lengths):
        raise CourseError(f"a text cannot take {min(lengths)} steps: lengths are 0 or more")
