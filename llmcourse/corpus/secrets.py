"""Secrets planted in a corpus, to find out later what a model has kept of them.

`World(secret=..., secret_rate=...)` tells one code, of the old door, in a share of its stories. Here the same sentence
is told of many doors, each with a code of its own and as often as one likes, so that one model can be asked about all.
Such a planted secret is called a *canary*. Paper: Carlini et al. (2019), The Secret Sharer.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass

from llmcourse.corpus.lexicon import COATS, LOOKS, NUMBERS
from llmcourse.errors import CourseError

DIGITS = NUMBERS[:10]
CODE_LENGTH = 4


@dataclass(frozen=True)
class Secret:
    """The code of a door, and how it is told: in `times` texts, which are copies of one text or all different."""

    door: str  # a colour or material: "the red door"
    code: tuple[str, ...]
    times: int
    copied: bool

    @property
    def prompt(self) -> str:
        return f"The code of the {self.door} door is"

    @property
    def sentence(self) -> str:
        return f"{self.prompt} {' '.join(self.code)}."


#: Doors that a code may be of: words of the world, so that any model of it can be asked.
DOORS = (*LOOKS, *COATS, "ring", "key", "hat", "ball", "book", "lamp", "map", "kite", "drum", "old")


def secrets_by_times(times: Sequence[int], each: int = 4, seed: int = 0) -> list[Secret]:
    """`each` secrets for each number of times, every second one of them copied; the doors as listed, the codes drawn.

    Raises CourseError when there are more secrets than doors.
    """
    if len(times) * each > len(DOORS):
        raise CourseError(f"{len(times) * each} secrets need as many doors, and there are only {len(DOORS)}")
    rng = random.Random(seed)
    plan = [(told, bool(number % 2)) for told in times for number in range(each)]
    return [Secret(door, draw_code(rng), told, copied) for door, (told, copied) in zip(DOORS, plan, strict=False)]


def draw_code(rng: random.Random) -> tuple[str, ...]:
    """Four digits as words, each of the 10,000 codes equally likely."""
    return tuple(DIGITS[int(rng.random() * len(DIGITS))] for _ in range(CODE_LENGTH))


def plant(texts: Sequence[str], secrets: Sequence[Secret], seed: int = 0) -> list[str]:
    """The texts with each secret told behind the first sentence of some of them, as an additional text for each time.

    A copied secret takes one text and tells it `times` times, word for word; any other takes a new text each time.
    The texts come in a random order. Raises CourseError when there are too few texts to plant all secrets in.
    """
    rng = random.Random(seed)
    needed = sum(min(1, secret.times) if secret.copied else secret.times for secret in secrets)
    if needed > len(texts):
        raise CourseError(f"the secrets need {needed} different texts, and there are only {len(texts)}")
    hosts = iter(rng.sample(list(texts), needed))
    told = list(texts)
    for secret in secrets:
        if secret.copied:
            told += [tell(next(hosts), secret)] * secret.times if secret.times else []
        else:
            told += [tell(next(hosts), secret) for _ in range(secret.times)]
    rng.shuffle(told)
    return told


def tell(text: str, secret: Secret) -> str:
    """The text with the secret told behind its first sentence."""
    first, _, rest = text.partition(". ")
    return f"{first}. {secret.sentence} {rest}"
