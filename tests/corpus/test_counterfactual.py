"""Stories with she and he exchanged."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llmcourse.corpus import World
from llmcourse.corpus.counterfactual import counterfactual
from llmcourse.corpus.openings import worker_of


@pytest.mark.parametrize(
    ("text", "swapped"),
    [
        ("She lost her golden ring.", "He lost his golden ring."),
        ("Ben gave her two more.", "Anna gave him two more."),
        ("Pip came home with him.", "Pip came home with her."),
        ("It began to rain.", "It began to rain."),
        ("", ""),
    ],
)
def test_small_ones(text, swapped):
    assert counterfactual(text) == swapped


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 10**6))
def test_a_story_stays_a_story_and_as_likely_and_twice_is_nothing(seed):
    world = World()
    story = world.story(seed)
    other = counterfactual(story.text)
    assert world.log_prob(other) == pytest.approx(story.log_prob)
    assert counterfactual(other) == story.text != other


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6))
def test_in_a_skewed_world_only_the_nameless_differ_and_by_the_odds(seed):
    import math

    world = World(skew=0.6)
    story = world.story(seed)
    ratio = story.log_prob - world.log_prob(counterfactual(story.text))
    assert abs(ratio) == pytest.approx(math.log(4) if worker_of(story.text) else 0, abs=1e-9)
