import itertools
import math
import random

import pytest

from llmcourse.corpus import World, gaps, load
from llmcourse.corpus.examples import RING
from llmcourse.corpus.gaps import KINDS, completions, fillings, gap_probabilities
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


@pytest.mark.parametrize("kind", KINDS, ids=lambda kind: kind[0])
def test_two_words_of_a_kind_can_be_exchanged_all_through_a_story(kind):
    """The law on which everything here rests."""
    rng = random.Random(kind[0])
    for story in WORLD.stories(60, seed=5):
        one, other = rng.sample(kind, 2)
        exchange = {one: other, other: one, one.capitalize(): other.capitalize(), other.capitalize(): one.capitalize()}
        text = " ".join(exchange.get(word, word) for word in story.tokens)
        assert WORLD.log_prob(text) == pytest.approx(story.log_prob)


def test_a_skewed_world_keeps_the_law():
    world = World(skew=0.7)
    for story in world.stories(40, seed=6):
        for one, other in (("baker", "nurse"), ("farmer", "pilot")):
            text = " ".join({one: other, other: one}.get(word, word) for word in story.tokens)
            assert world.log_prob(text) == pytest.approx(story.log_prob)


@pytest.mark.parametrize("seed", range(12))
def test_stand_ins_change_nothing(seed, monkeypatch):
    """Against the slow way: tell every story that agrees with what is seen, one by one."""
    rng = random.Random(seed)
    story = WORLD.story(rng)
    pattern = hide(story.tokens, {rng.randrange(len(story.tokens)) for _ in range(5)})
    fast, ways = gap_probabilities(WORLD, pattern), dict(completions(WORLD, pattern))
    assert sum(filling.ways for filling in fillings(WORLD, pattern)) == len(ways)
    monkeypatch.setattr(gaps, "stand_ins", lambda options, known: dict.fromkeys(options, 1))
    slow = {filling.words: filling.log_prob for filling in fillings(WORLD, pattern)}
    assert ways == pytest.approx(slow)
    total = math.fsum(map(math.exp, slow.values()))
    for gap, place in enumerate(place for place, word in enumerate(pattern) if word is None):
        expected: dict[str, float] = {}
        for words, log_prob in slow.items():
            expected[words[gap]] = expected.get(words[gap], 0.0) + math.exp(log_prob) / total
        assert fast[place] == pytest.approx(expected)


def test_many_ways_are_told_by_few_walks(monkeypatch):
    """Name, job and home hidden, and never told again: hundreds of ways, and a handful of walks."""
    story = WORLD.read(RING)
    unnamed = [None if word in ("Mia", "baker", "mill", "river", "brown") else word for word in story.tokens]
    found = list(fillings(WORLD, unnamed))
    assert sum(filling.ways for filling in found) > 5_000
    assert len(found) < 20


def test_gaps_filled_one_by_one_cost_the_same_in_every_order():
    """The chain rule; filled at the same time, each from its own distribution, the two looks cost twice as much."""
    story = WORLD.read(RING)
    places = [place for place, word in enumerate(story.tokens) if word in ("golden", "brown")]
    costs = []
    for order in itertools.permutations(places):
        seen, cost = hide(story.tokens, places), 0.0
        for place in order:
            cost -= math.log(gap_probabilities(WORLD, seen)[place][story.tokens[place]])
            seen[place] = story.tokens[place]
        costs.append(cost)
    assert costs == pytest.approx([math.log(6) + math.log(4)] * len(costs))
    at_once = gap_probabilities(WORLD, hide(story.tokens, places))
    assert -sum(math.log(at_once[place][story.tokens[place]]) for place in places) == pytest.approx(
        2 * math.log(6) + math.log(4)
    )
