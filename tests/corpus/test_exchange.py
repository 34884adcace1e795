import random

import pytest

from llmcourse.corpus import World
from llmcourse.corpus.exchange import exchanged

WORLD = World()


def test_it_is_a_story_again_as_likely_and_with_the_same_sentiment():
    rng, changed = random.Random(0), 0
    for story in WORLD.stories(100, seed=5):
        other = WORLD.read(exchanged(story.text, rng))
        assert other.log_prob == pytest.approx(story.log_prob)
        assert other.sentiment == story.sentiment
        changed += other.text != story.text
    assert changed == 100


def test_the_same_random_numbers_make_the_same_exchange():
    text = WORLD.story(0).text
    assert exchanged(text, random.Random(3)) == exchanged(text, random.Random(3))
