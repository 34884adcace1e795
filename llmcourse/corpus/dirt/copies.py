"""Copies: some stories are told once, and a few are told again and again, word for word or nearly so."""

from random import Random

from llmcourse.corpus.dirt.page import between, pick

MOST_COPIES = 40
#: How much of a near copy is changed: words exchanged, doubled, lost or put in.
STRENGTHS = {"light edit": (1, 2), "medium edit": (4, 6), "heavy edit": (10, 14)}
FILLERS = ("very", "then", "really", "soon", "little", "old")


def number_of_copies(dirt: float, rng: Random) -> int:
    """Most documents have none, a few have many: at least k copies with probability dirt / k, and 40 at most."""
    return min(MOST_COPIES, int(dirt / max(rng.random(), 1e-9)))


def edited(text: str, strength: str, rng: Random) -> str:
    """The text as somebody retold it: a few words exchanged, doubled, lost or put in."""
    words = text.split()
    for _ in range(between(rng, *STRENGTHS[strength])):
        at = between(rng, 0, len(words) - 2)
        change = pick(rng, ("swap", "double", "lose", "insert"))
        if change == "swap":
            words[at], words[at + 1] = words[at + 1], words[at]
        elif change == "double":
            words.insert(at, words[at])
        elif change == "lose" and len(words) > 3:
            del words[at]
        else:
            words.insert(at + 1, pick(rng, FILLERS))
    return " ".join(words)
