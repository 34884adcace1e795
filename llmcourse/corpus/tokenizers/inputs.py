"""What may be given to a tokenizer: a text of whole characters, and ids that are whole numbers."""

import operator
import re
from collections.abc import Iterable
from typing import Any

from llmcourse.errors import CourseError

SURROGATE = re.compile("[\ud800-\udfff]")  # half of a character, as some programs leave it behind


def checked_text(text: Any) -> str:
    """The text itself. Raises CourseError for what is no text, or holds half a character (a lone surrogate)."""
    if not isinstance(text, str):
        raise CourseError(f"a tokenizer reads a text (str), not {described(text)}: pass one text at a time")
    if not text.isascii() and (half := SURROGATE.search(text)):
        where = f"U+{ord(half[0]):04X} at place {half.start()}"
        raise CourseError(
            f"the text holds half a character, the lone surrogate {where}, which stands for nothing: "
            'repair it with text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")'
        )
    return text


def checked_ids(ids: Any, vocab_size: int) -> list[int]:
    """The ids as a list of ints. Raises CourseError for what is no whole number, or is outside the vocabulary."""
    if isinstance(ids, str | bytes) or not isinstance(ids, Iterable):
        raise CourseError(f"ids come as a list of whole numbers, not as {described(ids)}")
    checked = []
    for id in ids:
        try:
            number = operator.index(id)
        except TypeError:
            raise CourseError(f"an id is a whole number, not {described(id)}: pass a list of ids") from None
        if not 0 <= number < vocab_size:
            raise CourseError(f"{number} is not the id of a token: ids run from 0 to {vocab_size - 1}")
        checked.append(number)
    return checked


def described(value: Any) -> str:
    """A wrong value in a few words: "a float (nan)", "a list", "None"."""
    if value is None:
        return "None"
    name = type(value).__name__
    article = "an" if name[0] in "aeiou" else "a"
    return f"{article} {name} ({value})" if isinstance(value, int | float) else f"{article} {name}"
