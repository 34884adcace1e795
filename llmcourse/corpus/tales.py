"""A tale is a story without its closing question and answer. It can be read, judged, and told on from any beginning.

The world tells whole stories. What people ask of a model is less: go on with this, retell that. So here is the same
generator, stopped at the last full stop before the question, where the hero's feeling is settled.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

from llmcourse.corpus.text import join_words, split_words
from llmcourse.corpus.world import NotAStory, World, drawn

#: A tale ends where the world would go on with one of these.
QUESTION_WORDS = frozenset({"Who", "What", "Where", "How"})


@dataclass(frozen=True)
class Tale:
    """A tale and how it ends: `feeling` is the hero's, "positive" or "negative"."""

    text: str
    feeling: str

    @property
    def sentences(self) -> list[str]:
        """Its sentences, each with its full stop."""
        return sentences(self.text)

    @property
    def ends_well(self) -> bool:
        return self.feeling == "positive"


def sentences(text: str) -> list[str]:
    """The sentences of a text, each with its full stop; what stands after the last full stop is one more."""
    parts = [part.strip() for part in text.split(".")]
    return [f"{part}." for part in parts[:-1]] + [part for part in parts[-1:] if part]


def read_tale(text: str, world: World | None = None) -> Tale:
    """Read a tale. Raises NotAStory where it stops being one: at a word that cannot stand there, or an early end."""
    world, words = world or World(), split_words(text)
    telling, _, options = world._follow(words)
    if not over(options):
        raise NotAStory(len(words), None, sorted(options, key=lambda word: -options[word]))
    return Tale(text, {"glad": "positive", "sorry": "negative"}[telling.feeling])


@lru_cache(maxsize=8192)  # judges ask about the same replies again and again
def tale_or_none(text: str, world: World | None = None) -> Tale | None:
    """The tale, or None where the text is none."""
    try:
        return read_tale(text, world)
    except NotAStory:
        return None


def over(options: dict[str, float]) -> bool:
    """Whether a tale is told: nothing can follow but the question."""
    return bool(options) and QUESTION_WORDS.issuperset(options)


def tell_on(beginning: str, rng: random.Random, world: World | None = None) -> Tale:
    """A tale with this beginning, drawn with the world's own probabilities. Raises NotAStory where there is none."""
    told = split_words(beginning)
    words: list[str] = []

    def choose(options: dict[str, float]) -> str | None:
        if over(options) and len(words) >= len(told):
            return None
        if len(words) < len(told):
            word = told[len(words)]
            if word not in options:
                raise NotAStory(len(words), word, sorted(options, key=lambda w: -options[w]))
        else:
            word = drawn(options, rng)
        words.append(word)
        return word

    telling, _, _ = (world or World())._walk(choose)
    if len(words) < len(told):
        raise NotAStory(len(words), told[len(words)], ())
    return Tale(join_words(words), {"glad": "positive", "sorry": "negative"}[telling.feeling])


def happier_end(text: str, rng: random.Random, world: World | None = None, tries: int = 6) -> str | None:
    """Another end for a sad tale: from the latest sentence on from which it can still end well.

    None where chance did not find a way within `tries` attempts at each sentence.
    """
    told = sentences(text)
    for kept in range(len(told) - 1, 1, -1):
        for _ in range(tries):
            other = tell_on(" ".join(told[:kept]), rng, world)
            if other.ends_well:
                return " ".join(other.sentences[kept:])
    return None


def length(texts: Sequence[str]) -> int:
    """How many words and marks these texts have together."""
    return sum(len(split_words(text)) for text in texts)
