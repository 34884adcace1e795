"""Choices between replies, and what replies are worth."""

import math
import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmcourse.corpus.examples import RING
from llmcourse.corpus.instructions import Instruction
from llmcourse.corpus.preferences import (
    Pair,
    happy_words,
    label_floor,
    prefer,
    probability,
    true_worth,
    words,
)
from llmcourse.corpus.tales import sentences
from llmcourse.corpus.world import World
from llmcourse.errors import CourseError

TOLD = sentences(World().read(RING).body)
ASKED = Instruction("continue", " ".join(TOLD[:3]), "")
GOOD = " ".join(TOLD[3:])
SAD = " ".join([*TOLD[3:6], "But Tom kept it. Mia was sad in the end."])
BROKEN = f"{GOOD} Mia was happy happy."


def test_worth() -> None:
    assert [true_worth(ASKED, reply) for reply in (GOOD, SAD, BROKEN, "")] == [2, 0, -2, -2]
    assert [happy_words(ASKED, reply) for reply in (GOOD, SAD, BROKEN, "")] == [1, 0, 3, 0]
    assert words(ASKED, "Mia was sad.") == 4


@given(st.floats(-20, 20), st.floats(-20, 20))
def test_one_of_the_two_is_preferred(first: float, second: float) -> None:
    assert probability(first, second) + probability(second, first) == pytest.approx(1)
    assert probability(first + 1, second + 1) == pytest.approx(probability(first, second))


def test_readers_choose_as_often_as_bradley_and_terry_say() -> None:
    rng = random.Random(0)
    share = sum(prefer(ASKED, SAD, GOOD, rng).chosen == GOOD for _ in range(1000)) / 1000
    assert share == pytest.approx(1 / (1 + math.exp(-2)), abs=0.03)


def test_the_floor_of_the_labels() -> None:
    p = 1 / (1 + math.exp(-2))
    entropy = -p * math.log(p) - (1 - p) * math.log(1 - p)
    assert label_floor([Pair(ASKED, GOOD, SAD)]) == pytest.approx(entropy)
    assert label_floor([Pair(ASKED, SAD, GOOD)]) == pytest.approx(entropy)  # whatever this reader chose
    assert label_floor([Pair(ASKED, GOOD, GOOD)]) == pytest.approx(math.log(2))
    with pytest.raises(CourseError, match="no pairs"):
        label_floor([])
