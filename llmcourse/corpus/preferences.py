"""Preferences with a known truth: which of two replies does a reader like better?

The readers of this world want a tale, and one that ends well. What a reply is worth to them is known:

    a tale that ends well     2
    a tale that ends badly    0
    no tale                  -2

Shown two replies, a reader takes the better one only *more often*, by the rule of Bradley and Terry (1952):

    p(a before b) = 1 / (1 + e^(worth(b) - worth(a)))

So the labels are noisy, as people's are. But how noisy is known, and so is the least loss that a model can have.
"""

import math
import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from llmcourse.corpus.instructions import Instruction
from llmcourse.corpus.lexicon import GLAD
from llmcourse.corpus.tales import tale_or_none
from llmcourse.corpus.text import split_words
from llmcourse.corpus.world import World
from llmcourse.errors import CourseError

ENDS_WELL, ENDS_BADLY, NO_TALE = 2.0, 0.0, -2.0
#: Words that a hasty rater takes for a good end.
HAPPY_WORDS = frozenset({*GLAD, *(word.capitalize() for word in GLAD), "smiled", "sang", "danced"})

#: What a reply to an instruction is worth to somebody.
Worth = Callable[[Instruction, str], float]


@dataclass(frozen=True)
class Pair:
    """Two replies to one instruction, and which of them was liked better."""

    asked: Instruction
    chosen: str
    rejected: str


def true_worth(asked: Instruction, reply: str, world: World | None = None) -> float:
    """What the reply is worth to the readers: the truth that a reward model is to find out."""
    tale = tale_or_none(f"{asked.text} {reply}", world)
    if tale is None:
        return NO_TALE
    return ENDS_WELL if tale.ends_well else ENDS_BADLY


def happy_words(asked: Instruction, reply: str) -> float:
    """A flawed measure of a happy end: how many happy words the reply has."""
    return float(sum(word in HAPPY_WORDS for word in split_words(reply)))


def words(asked: Instruction, reply: str) -> float:
    """Another flawed measure: how long the reply is."""
    return float(len(split_words(reply)))


def probability(first: float, second: float) -> float:
    """How often a reply worth `first` is preferred to one worth `second`."""
    return 1 / (1 + math.exp(second - first))


def prefer(asked: Instruction, first: str, second: str, rng: random.Random, worth: Worth = true_worth) -> Pair:
    """One reader's choice between two replies, drawn by the rule of Bradley and Terry."""
    likes_first = rng.random() < probability(worth(asked, first), worth(asked, second))
    return Pair(asked, *((first, second) if likes_first else (second, first)))


def label_floor(pairs: Sequence[Pair], worth: Worth = true_worth) -> float:
    """The least mean loss on the choices of readers, in nats per pair: that of one who knows what replies are worth.

    Raises CourseError when there are no pairs.
    """
    if not pairs:
        raise CourseError("there are no pairs: what no choice costs is undefined")
    costs = []
    for pair in pairs:
        p = probability(worth(pair.asked, pair.chosen), worth(pair.asked, pair.rejected))
        costs.append(-p * math.log(p) - (1 - p) * math.log(1 - p))
    return math.fsum(costs) / len(costs)
