"""What can stand in the gaps of a story, and how likely each word is: the truth beside a masked language model.

A reader who sees both sides of a gap knows more than one who has read only up to it. *Mia lost her ___ . … found the
golden ring*: whoever reads on knows the word. The world is told from left to right, so it has no formula for this; but
it can tell every story that agrees with what is seen, and each with its exact probability:

    p(hidden words | seen words) = p(story) / sum of p over all stories that agree with what is seen

There may be very many of them. Most differ only in words that the world treats alike: where *mill* is possible, and
neither *mill* nor *lake* is seen anywhere, *lake* is as likely, and so is all that follows. So one of them is told in
the name of all (`fillings`), and counted as often as there are.
"""

import math
from collections.abc import Iterator, Mapping, Sequence
from itertools import permutations, product
from typing import NamedTuple

from llmcourse.corpus import lexicon
from llmcourse.corpus.world import World
from llmcourse.errors import CourseError

#: A story's tokens, None where a word is hidden.
Pattern = Sequence[str | None]

_JOBS_SHE = tuple(job for job in lexicon.JOBS if job in lexicon.SKEWED_TO_SHE)
_JOBS_HE = tuple(job for job in lexicon.JOBS if job not in lexicon.SKEWED_TO_SHE)
#: Words that some line of a plot names by itself, or that have a second meaning: nothing can stand in for them.
_ONE_OF_A_KIND = {"dog", "happy", "Snow", "old tower", *lexicon.SENSES, *lexicon.FLYERS}

#: Kinds of words. Exchange two words of one kind all through a story: it is a story again, and just as likely.
KINDS: tuple[tuple[str, ...], ...] = tuple(
    tuple(word for word in words if word not in _ONE_OF_A_KIND)
    for words in (
        lexicon.NAMES_SHE, lexicon.NAMES_HE, _JOBS_SHE, _JOBS_HE, lexicon.FRIEND_JOBS, lexicon.HOMES, lexicon.PLACES,
        lexicon.THINGS, lexicon.LOOKS, lexicon.ANIMALS, lexicon.COATS, lexicon.PET_NAMES, lexicon.GOODS, lexicon.GLAD,
        lexicon.SORRY,
    )
)  # fmt: skip
#: The number of each word's kind, as it is written within a sentence and at the beginning of one.
_KIND_OF = {form: n for n, words in enumerate(KINDS) for word in words for form in (word, word[0].upper() + word[1:])}


class Filling(NamedTuple):
    """One way to fill the gaps, in the name of all that differ from it only by an exchange of unseen words."""

    words: tuple[str, ...]  # the hidden words, in order
    log_prob: float  # of the whole story
    ways: int  # how many ways it stands for, itself among them: each is as likely


def fillings(world: World, pattern: Pattern) -> Iterator[Filling]:
    """Every way to fill the gaps that makes a story of the world, but of those that an exchange of words makes of each
    other only one.

    The world is walked once for each way that is tried: at the first gap that is still open one word is taken, and a
    walk for each other word is put on a list. A walk ends where the next seen word cannot stand.
    """
    seen = {word.lower() for word in pattern if word is not None}
    open_walks: list[list[str]] = [[]]
    while open_walks:
        filling, others = walk(world, pattern, seen, open_walks.pop())
        open_walks += others
        if filling is not None:
            yield filling


def walk(world: World, pattern: Pattern, seen: set[str], filled: list[str]) -> tuple[Filling | None, list[list[str]]]:
    """Fill the first gaps as told and every later one with the first word that can stand there.

    Returns the filling (None if it becomes no story), and the beginnings of the other walks: for each later gap, each
    other word that could have stood there and is no mere stand-in.
    """
    told = list(filled)
    others: list[list[str]] = []
    known = set(seen)  # in lower case: no other word can stand in for these
    place, gap, count = 0, 0, 1

    def choose(options: dict[str, float]) -> str | None:
        nonlocal place, gap, count
        if place == len(pattern):
            return None
        word = pattern[place]
        place += 1
        if word is not None:
            return word if word in options else None
        alike = stand_ins(options, known)
        if gap == len(told):
            first, *rest = alike
            others.extend([*told, other] for other in rest)
            told.append(first)
        word = told[gap]
        gap += 1
        count *= alike[word]
        known.add(word.lower())
        return word

    _, log_probs, rest = world._walk(choose)
    is_whole = not rest and len(log_probs) == len(pattern)
    return Filling(tuple(told), math.fsum(log_probs), count) if is_whole else None, others


def stand_ins(options: Mapping[str, float], known: set[str]) -> dict[str, int]:
    """The words to try in a gap, and for how many each stands: of each kind the first that is not known yet."""
    first: dict[int, str] = {}
    counts: dict[str, int] = {}
    for word in options:
        kind = _KIND_OF.get(word)
        if kind is None or word.lower() in known:
            counts[word] = 1
        else:
            word = first.setdefault(kind, word)
            counts[word] = counts.get(word, 0) + 1
    return counts


def completions(world: World, pattern: Pattern) -> Iterator[tuple[tuple[str, ...], float]]:
    """Every way to fill the gaps that makes a story of the world: (the hidden words in order, the story's log p)."""
    seen = {word.lower() for word in pattern if word is not None}
    for filling in fillings(world, pattern):
        new = dict.fromkeys(w.lower() for w in filling.words if w in _KIND_OF and w.lower() not in seen)
        kinds: dict[int, list[str]] = {}
        for word in new:
            kinds.setdefault(_kind(word), []).append(word)
        unseen = {kind: [w.lower() for w in KINDS[kind] if w.lower() not in seen] for kind in kinds}
        for chosen in product(*(permutations(unseen[kind], len(words)) for kind, words in kinds.items())):
            instead = {
                old: other
                for words, others in zip(kinds.values(), chosen, strict=True)
                for old, other in zip(words, others, strict=True)
            }
            yield tuple(_like(instead.get(w.lower(), w), w) for w in filling.words), filling.log_prob


def _kind(word: str) -> int:
    """The number of the kind of a word in lower case; names are listed with a capital."""
    return _KIND_OF[word] if word in _KIND_OF else _KIND_OF[word[0].upper() + word[1:]]


def _like(word: str, other: str) -> str:
    """The word with a capital if the other one has one."""
    return word[0].upper() + word[1:] if other[0].isupper() else word


def gap_probabilities(world: World, pattern: Pattern) -> dict[int, dict[str, float]]:
    """For each hidden place (a position in the pattern), the exact distribution of its word given all seen words.

    Raises CourseError when no story of the world looks like this.
    """
    places = [place for place, word in enumerate(pattern) if word is None]
    found = list(fillings(world, pattern))
    if not found:
        shown = " ".join("___" if word is None else word for word in pattern)
        raise CourseError(f"no story of this world has these words and gaps: {shown}")
    largest = max(filling.log_prob for filling in found)
    weights = [filling.ways * math.exp(filling.log_prob - largest) for filling in found]
    total = math.fsum(weights)
    distributions: dict[int, dict[str, float]] = {place: {} for place in places}
    for filling, weight in zip(found, weights, strict=True):
        for place, word in zip(places, filling.words, strict=True):
            distributions[place][word] = distributions[place].get(word, 0.0) + weight / total
    seen = {word.lower() for word in pattern if word is not None}
    shared = {place: shared_out(distribution, seen) for place, distribution in distributions.items()}
    return {place: dict(sorted(d.items(), key=lambda item: (-item[1], item[0]))) for place, d in shared.items()}


def shared_out(distribution: Mapping[str, float], seen: set[str]) -> dict[str, float]:
    """What the stand-ins of a kind have between them, given to all unseen words of the kind alike."""
    shared: dict[str, float] = {}
    for word, probability in distribution.items():
        alike = [word]
        if word in _KIND_OF and word.lower() not in seen:
            alike = [_like(other, word) for other in KINDS[_KIND_OF[word]] if other.lower() not in seen]
        for other in alike:
            shared[other] = shared.get(other, 0.0) + probability / len(alike)
    return shared
