"""Is this worth learning from? Numbers that are cheap to compute, and a threshold for each.

Rules of this kind know nothing of meaning, but they run on a billion pages in an afternoon. Each has its price:
something good that looks like something bad.

Paper: Rae et al. 2021, "Scaling Language Models: Methods, Analysis & Insights from Training Gopher", appendix A.1,
for most of these rules; their thresholds fit the web, not every corpus.
"""

import unicodedata
from collections import Counter
from dataclasses import dataclass

from llmcourse.corpus.cleaning.checks import checked_share, checked_text, checked_whole
from llmcourse.corpus.text import split_words
from llmcourse.errors import CourseError

STOP_WORDS = frozenset({"the", "be", "to", "of", "and", "that", "have", "with"})  # those of Rae et al.


@dataclass(frozen=True)
class Signals:
    """What is measured of a text. Shares are of its words, its letters or its word triples."""

    words: int
    mean_word_length: float
    stop_words: int  # how many of STOP_WORDS occur
    other_letters: float  # share of the letters that are not Latin
    capitals: float  # share of the letters that are capitals
    repeated: float  # share of the word triples that came before


@dataclass(frozen=True)
class Rules:
    """Thresholds. Raises CourseError for one that cannot be."""

    least_words: int = 25
    mean_word_length: tuple[float, float] = (3.0, 10.0)
    least_stop_words: int = 2
    most_other_letters: float = 0.2
    most_capitals: float = 0.3
    most_repeated: float = 0.3

    def __post_init__(self) -> None:
        for name in ("least_words", "least_stop_words"):
            checked_whole(name, getattr(self, name), least=0)
        for name in ("most_other_letters", "most_capitals", "most_repeated"):
            checked_share(name, getattr(self, name))
        low, high = self.mean_word_length
        if not 0 <= low <= high:
            raise CourseError(f"mean_word_length goes from {low} to {high}: the first must be the smaller")


def signals(text: str) -> Signals:
    """Measure a text. An empty one has no words, and shares of 0."""
    words = [token for token in split_words(checked_text(text)) if token[0].isalnum()]
    letters = [character for word in words for character in word if character.isalpha()]
    triples = Counter(zip(words, words[1:], words[2:], strict=False))
    other = sum(not is_latin(letter) for letter in letters)
    return Signals(
        words=len(words),
        mean_word_length=sum(map(len, words)) / max(1, len(words)),
        stop_words=len(STOP_WORDS & {word.lower() for word in words}),
        other_letters=other / max(1, len(letters)),
        capitals=sum(letter.isupper() for letter in letters) / max(1, len(letters)),
        repeated=1 - len(triples) / triples.total() if triples else 0.0,
    )


def is_latin(letter: str) -> bool:
    return letter.isascii() or unicodedata.name(letter, "").startswith("LATIN")


def complaints(text: str, rules: Rules | None = None) -> list[str]:
    """Which rules a text breaks, by name; an empty list for one that may stay."""
    rules, found = rules or Rules(), signals(text)
    low, high = rules.mean_word_length
    broken = {
        "too short": found.words < rules.least_words,
        "odd word lengths": not low <= found.mean_word_length <= high,
        "no sentences": found.stop_words < rules.least_stop_words,
        "other script": found.other_letters > rules.most_other_letters,
        "all capitals": found.capitals > rules.most_capitals,
        "repeats itself": found.repeated > rules.most_repeated,
    }
    return [name for name, is_broken in broken.items() if is_broken]
