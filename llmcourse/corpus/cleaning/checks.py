"""What every filter says to an input that it cannot use."""

from collections.abc import Mapping
from typing import Any

from llmcourse.errors import CourseError

Texts = dict[int, str]  #: page number to what is left of that page


def checked_text(text: Any) -> str:
    """The text itself. Raises CourseError for anything else: bytes first have to be decoded."""
    if isinstance(text, str):
        return text
    hint = "decode them first" if isinstance(text, bytes | bytearray) else "give it a str"
    raise CourseError(f"a text is wanted, not {type(text).__name__}: {hint}")


def checked_texts(texts: Any) -> Mapping[int, str]:
    """Texts by page number. Raises CourseError for anything else, such as a list."""
    if not isinstance(texts, Mapping):
        raise CourseError(f"texts by page number are wanted, not {type(texts).__name__}: try dict(enumerate(texts))")
    for number, text in texts.items():
        if not isinstance(text, str):
            raise CourseError(f"page {number!r} is {type(text).__name__}, not a text")
    return texts


def checked_whole(name: str, value: Any, least: int = 1) -> int:
    """A whole number of at least `least`. Raises CourseError for anything else."""
    if isinstance(value, bool) or not isinstance(value, int) or value < least:
        raise CourseError(f"{name} must be a whole number, {least} or more, not {value!r}")
    return value


def checked_share(name: str, value: Any) -> float:
    """A number from 0 to 1. Raises CourseError for anything else."""
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= 1:
        raise CourseError(f"{name} must lie between 0 and 1, not {value!r}")
    return float(value)
