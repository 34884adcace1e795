"""Openings of stories: who it is about, and the sentence that tells whether a nameless baker is a she or a he.

Whatever `World(skew=...)` does, it does in an opening: *A baker lived near the mill. One cold morning she ...* The
pronoun there is drawn with the skew, and no later word of a story is drawn with it again. A model of openings learns
all of the skew in seconds, and the exact probability of every word is known as it is for whole stories.
"""

import math
import random
from collections.abc import Iterable, Sequence
from typing import NamedTuple

from llmcourse.corpus.lexicon import JOBS
from llmcourse.corpus.reader import StoryReader
from llmcourse.corpus.text import join_words, split_words
from llmcourse.corpus.world import World, drawn
from llmcourse.errors import CourseError

PRONOUNS = ("she", "he")


class Worker(NamedTuple):
    """The nameless worker whom an opening is about, and where it tells the gender."""

    job: str
    pronoun: str  # "she" or "he"
    position: int  # of the pronoun, in tokens


def openings(world: World, n: int, seed: int = 0, nameless: int | float | None = None) -> list[str]:
    """n openings, one after the other from one stream of random numbers: up to the end of the first pronoun's sentence.

    nameless: the share of them that is about a nameless worker; None leaves it to the world, where it is about 0.28.
    All else is drawn as in the world. The same seed gives the same texts on every platform.
    Raises CourseError when the share is not between 0 and 1.
    """
    if nameless is not None and not 0 <= nameless <= 1:
        raise CourseError(f"nameless={nameless} is no share: it must lie between 0 and 1")
    rng = random.Random(seed)
    texts = list[str]()
    while len(texts) < n:
        wanted = None if nameless is None else rng.random() < nameless
        while (text := _opening(world, rng, wanted)) is None:
            pass
        texts.append(text)
    return texts


def _opening(world: World, rng: random.Random, nameless: bool | None) -> str | None:
    """One opening, or None as soon as it is seen to be of the other kind."""
    reader, words = StoryReader(world), list[str]()
    while not (words and words[-1] == "." and any(word in PRONOUNS for word in words)):
        words.append(next(iter(reader.options)) if len(reader.options) == 1 else drawn(reader.options, rng))
        if len(words) == 2 and nameless is not None and nameless != (words[0] == "A" and words[1] in JOBS):
            return None
        reader.read(words[-1])
    return join_words(words)


def opening_log_probs(world: World, text: str) -> list[float]:
    """The exact log probability, in nats, of each token of an opening. Raises NotAStory where it cannot stand."""
    reader, found = StoryReader(world), []
    for word in split_words(text):
        found.append(math.log(reader.options[word]) if word in reader.options else -math.inf)
        reader.read(word)
    return found


def worker_of(text: str) -> Worker | None:
    """The nameless worker of an opening or a story; None if its hero has a name, or no pronoun is told."""
    words = split_words(text)
    if len(words) < 2 or words[0] != "A" or words[1] not in JOBS:
        return None
    place = next((at for at, word in enumerate(words) if word in PRONOUNS), None)
    return None if place is None else Worker(words[1], words[place], place)


def shares_of_she(texts: Iterable[str]) -> dict[str, float]:
    """For each job, the share of its nameless workers who are "she" in these texts: the skew as a reader meets it.

    Raises CourseError when a job does not occur without a name.
    """
    seen: dict[str, list[bool]] = {job: [] for job in JOBS}
    for worker in map(worker_of, texts):
        if worker is not None:
            seen[worker.job].append(worker.pronoun == "she")
    missing = [job for job, found in seen.items() if not found]
    if missing:
        raise CourseError(f"no nameless {missing[0]} in these texts: give more of them")
    return {job: sum(found) / len(found) for job, found in seen.items()}


def opening_floor(world: World, texts: Sequence[str]) -> float:
    """The world's own loss on openings, in nats per token: what no model can be below, but for the sample's luck."""
    if not texts:
        raise CourseError("there is nothing to measure the floor on: the list of openings is empty")
    found = [opening_log_probs(world, text) for text in texts]
    return -math.fsum(map(math.fsum, found)) / sum(map(len, found))
