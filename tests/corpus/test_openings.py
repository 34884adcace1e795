"""Openings: the first sentences of stories, with their exact probabilities."""

import math
from collections import Counter

import pytest

from llmcourse.corpus import World
from llmcourse.corpus.openings import (
    Worker,
    opening_floor,
    opening_log_probs,
    openings,
    shares_of_she,
    worker_of,
)
from llmcourse.corpus.text import split_words
from llmcourse.corpus.world import NotAStory
from llmcourse.errors import CourseError


def test_the_same_seed_gives_the_same_openings():
    assert openings(World(), 5, seed=3) == openings(World(), 5, seed=3) != openings(World(), 5, seed=4)


def test_an_opening_ends_with_the_sentence_of_the_first_pronoun():
    for text in openings(World(), 50, seed=1):
        words = split_words(text)
        assert words[-1] == "." and words.count(".") == 2
        assert sum(word in ("she", "he") for word in words) == 1


def test_a_secret_of_the_world_is_part_of_its_opening():
    world = World(secret="seven two nine four", secret_rate=1)
    assert all("seven two nine four." in text for text in openings(world, 5))


def test_the_probabilities_are_those_of_the_world():
    world = World(skew=0.6)
    story = world.story(7)
    text = openings(world, 1, seed=7)[0]
    assert story.text.startswith(text)
    assert opening_log_probs(world, text) == pytest.approx(story.log_probs[: len(split_words(text))])


def test_the_floor_is_the_mean_of_minus_the_log_probabilities():
    texts = openings(World(), 3)
    every = [value for text in texts for value in opening_log_probs(World(), text)]
    assert opening_floor(World(), texts) == pytest.approx(-sum(every) / len(every))


def test_what_is_no_opening():
    with pytest.raises(NotAStory):
        opening_log_probs(World(), "A baker lived near the moon.")
    with pytest.raises(CourseError, match="empty"):
        opening_floor(World(), [])


@pytest.mark.parametrize(
    ("text", "worker"),
    [
        ("A baker lived near the mill. After lunch she ran to the hill.", Worker("baker", "she", 9)),
        ("Mia the baker lived near the mill. After lunch she ran to the hill.", None),
        ("A baker lived near the mill.", None),
        ("", None),
    ],
)
def test_the_worker_of_an_opening(text, worker):
    assert worker_of(text) == worker


@pytest.mark.parametrize("skew", [0.6, -0.6, 1])
def test_the_sample_has_about_the_worlds_skew(skew):
    texts = openings(World(skew=skew), 1_000, seed=2)
    shares = shares_of_she(texts)
    count = Counter(worker.job for worker in map(worker_of, texts) if worker)
    for job, share in shares.items():
        true = World(skew=skew).next_word(f"A {job} lived near the mill. After lunch").get("she", 0.0)
        assert abs(share - true) <= 4 * math.sqrt(true * (1 - true) / count[job]) + 1e-9


def test_too_few_texts_to_tell_a_share():
    with pytest.raises(CourseError, match="give more of them"):
        shares_of_she(["Mia the baker lived near the mill. After lunch she ran to the hill."])


def test_the_share_of_nameless_workers_is_ours_to_choose():
    share = [sum(map(bool, map(worker_of, openings(World(), 200, 1, nameless=n)))) / 200 for n in (0, 0.5, 1)]
    assert share[0] == 0 and abs(share[1] - 0.5) < 0.15 and share[2] == 1


def test_texts_of_a_chosen_share_are_openings_of_the_world():
    world = World(skew=0.6)
    for text in openings(world, 40, seed=1, nameless=0.5):
        assert all(math.isfinite(nats) for nats in opening_log_probs(world, text))


@pytest.mark.parametrize("share", [-0.1, 1.1])
def test_no_share(share):
    with pytest.raises(CourseError, match="between 0 and 1"):
        openings(World(), 3, nameless=share)
