"""What can stand in the gaps of a story, and how likely each word is: the truth beside a masked language model.

A reader who sees both sides of a gap knows more than one who has read only up to it. *Mia lost her ___ . … found the
golden ring*: whoever reads on knows the word. The world is told from left to right, so it has no formula for this; but
it can tell every story that agrees with what is seen, and each with its exact probability:

    p(hidden words | seen words) = p(story) / sum of p over all stories that agree with what is seen
"""

import math
from collections.abc import Iterator, Sequence

from llmcourse.corpus.world import World
from llmcourse.errors import CourseError

#: A story's tokens, None where a word is hidden.
Pattern = Sequence[str | None]


def completions(world: World, pattern: Pattern) -> Iterator[tuple[tuple[str, ...], float]]:
    """Every way to fill the gaps that makes a story of the world: (the hidden words in order, the story's log p).

    The world is walked once for each way that is tried: at the first gap that is still open one word is taken, and a
    walk for each other word is put on a list. A walk ends where the next seen word cannot stand.
    """
    open_walks: list[list[str]] = [[]]
    while open_walks:
        filled, log_prob, others = walk(world, pattern, open_walks.pop())
        open_walks += others
        if log_prob is not None:
            yield tuple(filled), log_prob


def walk(world: World, pattern: Pattern, filled: list[str]) -> tuple[list[str], float | None, list[list[str]]]:
    """Fill the first gaps as told and every later one with the first word that can stand there.

    Returns all the words filled in, the story's log probability (None if it becomes no story), and the beginnings of
    the other walks: for each later gap, each other word that could have stood there.
    """
    told = list(filled)
    others: list[list[str]] = []
    place, gap = 0, 0

    def choose(options: dict[str, float]) -> str | None:
        nonlocal place, gap
        if place == len(pattern):
            return None
        word = pattern[place]
        place += 1
        if word is not None:
            return word if word in options else None
        if gap == len(told):
            first, *rest = options
            others.extend([*told, other] for other in rest)
            told.append(first)
        gap += 1
        return told[gap - 1]

    _, log_probs, rest = world._walk(choose)
    is_whole = not rest and len(log_probs) == len(pattern)
    return told, math.fsum(log_probs) if is_whole else None, others


def gap_probabilities(world: World, pattern: Pattern) -> dict[int, dict[str, float]]:
    """For each hidden place (a position in the pattern), the exact distribution of its word given all seen words.

    Raises CourseError when no story of the world looks like this.
    """
    places = [place for place, word in enumerate(pattern) if word is None]
    found = list(completions(world, pattern))
    if not found:
        seen = " ".join("___" if word is None else word for word in pattern)
        raise CourseError(f"no story of this world has these words and gaps: {seen}")
    largest = max(log_prob for _, log_prob in found)
    weights = [math.exp(log_prob - largest) for _, log_prob in found]
    total = math.fsum(weights)
    distributions: dict[int, dict[str, float]] = {place: {} for place in places}
    for (words, _), weight in zip(found, weights, strict=True):
        for place, word in zip(places, words, strict=True):
            distributions[place][word] = distributions[place].get(word, 0.0) + weight / total
    return {place: dict(sorted(d.items(), key=lambda item: (-item[1], item[0]))) for place, d in distributions.items()}
