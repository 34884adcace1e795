r"""Cut a text into pieces before anything is merged: no token shall reach from one word into the next.

GPT-2's pattern, in the order in which its parts are tried:

    's|'t|'re|'ve|'m|'ll|'d     the endings of English contractions
     ?\p{L}+                    a run of letters of any script, with the space before it
     ?\p{N}+                    a run of digits, with the space before it
     ?[^\s\p{L}\p{N}]+          a run of anything else that is not blank
    \s+(?!\S)|\s+               blanks, but for the last one before a word

Nothing is dropped: the pieces, put one after the other, are the text.

Paper: Radford et al. (2019), Language Models are Unsupervised Multitask Learners, section 2.2.
"""

from collections.abc import Iterator, Sequence
from functools import lru_cache

import regex

from llmcourse.errors import CourseError

GPT2_PATTERN = r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"


def pieces(text: str, patterns: Sequence[str] = (GPT2_PATTERN,)) -> list[str]:
    """The text in pieces: each pattern in turn cuts out what it matches, and what lies between is kept too.

    Without a pattern, the text is one piece. Raises CourseError for a pattern that is none.
    """
    parts = [text] if text else []
    for pattern in patterns:
        compiled = compile_pattern(pattern)
        parts = [piece for part in parts for piece in _isolate(part, compiled)]
    return parts


@lru_cache(maxsize=64)
def compile_pattern(pattern: str) -> "regex.Pattern[str]":
    """The pattern, ready to use; `\\p{L}` and its kin are known. Raises CourseError for one that is none."""
    try:
        return regex.compile(pattern)
    except (regex.error, TypeError) as error:
        raise CourseError(f"{pattern!r} is not a pattern that cuts texts: {error}") from None


def _isolate(text: str, pattern: "regex.Pattern[str]") -> Iterator[str]:
    end = 0
    for match in pattern.finditer(text):
        start = match.start()
        if start > end:
            yield text[end:start]
        if match.end() > start:
            yield match[0]
        end = match.end()
    if end < len(text):
        yield text[end:]


def number_pattern() -> str:
    """GPT-2's pattern, with every digit a piece of its own: all numbers of a length are then cut in the same way."""
    return GPT2_PATTERN.replace(r" ?\p{N}+", r"\p{N}")
