"""Exact copies: two texts are the same when their fingerprints are.

A fingerprint is a hash of the words alone, so that capitals, blanks and punctuation do not matter. Comparing ten
thousand texts with each other takes fifty million comparisons; looking fingerprints up in a set takes ten thousand.

Python's own `hash` will not do: it is salted, and differs from one run to the next.
"""

import hashlib
from collections.abc import Mapping

from llmcourse.corpus.cleaning.checks import Texts, checked_text, checked_texts
from llmcourse.corpus.text import split_words


def words_of(text: str) -> list[str]:
    """The words of a text in small letters, without punctuation."""
    return [token for token in split_words(checked_text(text).lower()) if token[0].isalnum()]


def fingerprint(text: str) -> str:
    """A hash of the words of a text, 32 hexadecimal digits; the same on every machine."""
    return hashlib.blake2b(" ".join(words_of(text)).encode("utf-8", errors="replace"), digest_size=16).hexdigest()


def drop_exact_copies(texts: Mapping[int, str]) -> Texts:
    """The first text with each fingerprint."""
    first: dict[str, int] = {}
    for number, text in checked_texts(texts).items():
        first.setdefault(fingerprint(text), number)
    return {number: texts[number] for number in first.values()}
