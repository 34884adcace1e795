"""A crawled page, and the truth about it."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random
from typing import TypeVar

Item = TypeVar("Item")


@dataclass(frozen=True)
class Page:
    """What a crawler brought (`text`), and what only a simulator can know of it: everything else."""

    text: str
    story: str = ""  # the document that it tells, undamaged; "" where there is nothing to be had
    source: int | None = None  # which document that is; copies of one document have the same source
    kinds: tuple[str, ...] = ()  # what was done to it, in the order in which it was done
    private: tuple[str, ...] = ()  # private strings, as a reader of the page sees them
    leaked: bool = False  # the document belongs to a test set, and should never be learned from

    @property
    def wanted(self) -> bool:
        """Does a model have anything to learn from this page that it may learn?"""
        return bool(self.story) and not self.leaked


def pick(rng: Random, options: Sequence[Item]) -> Item:
    """One of several. Only `random()` itself is promised to stay the same between Python versions."""
    return options[int(rng.random() * len(options))]


def between(rng: Random, low: int, high: int) -> int:
    """A whole number from low to high, both included."""
    return low + int(rng.random() * (high - low + 1))
