"""What is said about a word that a vocabulary lacks: its name, and the nearest known one."""

import difflib
from collections.abc import Sequence

from llmcourse.errors import CourseError


class UnknownWord(CourseError):
    """A text holds a word (or character) that the vocabulary lacks; the message names it and the nearest known one."""

    def __init__(self, word: str, known: Sequence[str], unit: str = "word"):
        self.word = word
        self.nearest = nearest_word(word, known)
        hint = f"; the nearest is {self.nearest!r}" if self.nearest else ""
        super().__init__(f"{shortened(word)!r} is not in the vocabulary of {len(known)} {unit}s{hint}")


def nearest_word(word: str, known: Sequence[str]) -> str | None:
    """The known word spelled most like this one, capitals aside; None where none shares a letter with it."""
    by_lower_case = {other.lower(): other for other in reversed(known)}
    matches = difflib.get_close_matches(shortened(word).lower(), by_lower_case, n=1, cutoff=0.01)
    return by_lower_case[matches[0]] if matches else None


def shortened(word: str, most: int = 40) -> str:
    """The word, or the beginning of one that would fill the screen."""
    return word if len(word) <= most else word[:most] + "…"
