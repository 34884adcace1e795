import math
import random

import pytest

from llmcourse.corpus import World, load
from llmcourse.corpus.examples import RING
from llmcourse.corpus.gaps import completions, gap_probabilities
from llmcourse.errors import CourseError

WORLD = World()


def hide(tokens, places):
    return [None if place in places else token for place, token in enumerate(tokens)]


def test_without_gaps_there_is_one_way_and_it_is_the_story():
    story = WORLD.read(RING)
    assert list(completions(WORLD, story.tokens)) == [((), pytest.approx(story.log_prob))]


def test_the_last_gap_of_a_beginning_is_the_next_word():
    """With nothing seen behind it, a gap is what `next_word` tells: here the story's very last word but the mark."""
    story = WORLD.read(RING)
    place = len(story.tokens) - 2  # the answer: forced
    assert gap_probabilities(WORLD, hide(story.tokens, {place})) == {place: {story.tokens[place]: 1.0}}


def test_what_comes_later_tells_what_was_hidden():
    """Where the ring is named for the first time anything may be lost; whoever reads on knows that it was a ring."""
    story = WORLD.read(RING)
    place = story.tokens.index("ring")
    assert len(WORLD.next_word(" ".join(story.tokens[:place]))) == 10
    assert gap_probabilities(WORLD, hide(story.tokens, {place})) == {place: {"ring": 1.0}}


@pytest.mark.parametrize("seed", range(5))
def test_probabilities_are_those_of_all_stories_that_agree(seed):
    """Against the slow way: try every word of the vocabulary in a single gap."""
    rng = random.Random(seed)
    story = WORLD.story(rng)
    place = rng.randrange(len(story.tokens) - 1)
    log_probs = {}
    for word in WORLD.vocabulary:
        text = " ".join([*story.tokens[:place], word, *story.tokens[place + 1 :]])
        if WORLD.is_story(text):
            log_probs[word] = WORLD.log_prob(text)
    total = math.fsum(map(math.exp, log_probs.values()))
    expected = {word: math.exp(log_prob) / total for word, log_prob in log_probs.items()}
    assert gap_probabilities(WORLD, hide(story.tokens, {place}))[place] == pytest.approx(expected)


@pytest.mark.parametrize("seed", range(5))
def test_several_gaps_sum_to_one_and_hold_the_truth(seed):
    rng = random.Random(seed)
    story = WORLD.read(load("world").validation[seed])
    places = set(rng.sample(range(len(story.tokens)), 8))
    found = list(completions(WORLD, hide(story.tokens, places)))
    truth = tuple(story.tokens[place] for place in sorted(places))
    assert dict(found)[truth] == pytest.approx(story.log_prob)
    assert len({words for words, _ in found}) == len(found)  # no way is counted twice
    for place, distribution in gap_probabilities(WORLD, hide(story.tokens, places)).items():
        assert math.fsum(distribution.values()) == pytest.approx(1)
        assert story.tokens[place] in distribution


def test_a_text_that_no_filling_makes_a_story():
    with pytest.raises(CourseError, match="no story of this world has these words and gaps: Once ___ a time"):
        gap_probabilities(WORLD, ["Once", None, "a", "time"])
