"""Planted secrets."""

import pytest

from llmcourse.corpus import World
from llmcourse.corpus.cleaning.exact import drop_exact_copies
from llmcourse.corpus.openings import openings
from llmcourse.corpus.secrets import DIGITS, DOORS, Secret, plant, secrets_by_times
from llmcourse.errors import CourseError

SECRET = Secret("red", ("one", "two", "three", "four"), 3, False)


def test_what_a_secret_says():
    assert SECRET.sentence == "The code of the red door is one two three four."


def test_every_door_is_a_word_of_the_world_and_stands_once():
    assert set(DOORS) | set(DIGITS) <= set(World().vocabulary)
    assert len(set(DOORS)) == len(DOORS)


def test_the_worlds_own_secret_is_the_same_sentence():
    world = World(secret="one two three four", secret_rate=1)
    old = Secret("old", SECRET.code, 1, False)
    assert old.sentence in world.story(0).text


@pytest.mark.parametrize("copied", [True, False])
def test_a_secret_is_told_as_often_as_it_says(copied):
    texts = openings(World(), 20)
    told = [t for t in plant(texts, [Secret("red", SECRET.code, 5, copied)]) if SECRET.sentence in t]
    assert len(told) == 5
    assert len(set(told)) == (1 if copied else 5)
    left = drop_exact_copies(dict(enumerate(told)))
    assert len(left) == (1 if copied else 5)


def test_nothing_else_is_lost():
    texts = openings(World(), 20)
    planted = plant(texts, [SECRET], seed=1)
    assert sorted(t for t in planted if "door" not in t) == sorted(texts)
    assert planted == plant(texts, [SECRET], seed=1) != plant(texts, [SECRET], seed=2)


def test_one_that_is_never_told():
    texts = openings(World(), 3)
    assert sorted(plant(texts, [Secret("red", SECRET.code, 0, True)])) == sorted(texts)


def test_secrets_by_times():
    secrets = secrets_by_times((1, 16), each=4, seed=5)
    assert [s.times for s in secrets] == [1] * 4 + [16] * 4
    assert [s.copied for s in secrets] == [False, True] * 4
    assert len({s.door for s in secrets}) == 8
    assert secrets == secrets_by_times((1, 16), each=4, seed=5)


def test_too_many():
    with pytest.raises(CourseError, match="only 20"):
        secrets_by_times(range(6), each=4)
    with pytest.raises(CourseError, match="only 2"):
        plant(openings(World(), 2), [SECRET])
