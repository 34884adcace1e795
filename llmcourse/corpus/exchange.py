"""The same text with other words: Mia becomes Zoe, the ring a kite, and what is true of the one is true of the other.

In this world two words of one kind are exchanged all through a story, and it is a story again, just as likely
(`gaps.KINDS`). So a label that somebody gave to one story holds for very many. In real text such exchanges need care:
*Paris* for *London* may be harmless, *good* for *bad* is not.
"""

import random
import re

from llmcourse.corpus.gaps import KINDS


def exchanged(text: str, rng: random.Random) -> str:
    """The text with the words of each kind exchanged among themselves at random, the same all through."""
    instead: dict[str, str] = {}
    for kind in KINDS:
        words = rng.sample(kind, len(kind))
        instead |= dict(zip(kind, words, strict=True))
        instead |= {capital(word): capital(other) for word, other in zip(kind, words, strict=True)}
    return re.sub(r"\w+", lambda found: instead.get(found[0], found[0]), text)


def capital(word: str) -> str:
    return word[0].upper() + word[1:]
