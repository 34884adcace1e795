"""Two ways to make a corpus even."""

from collections import Counter

import pytest

from llmcourse.corpus import World
from llmcourse.corpus.openings import openings, shares_of_she, worker_of
from llmcourse.errors import CourseError
from llmcourse.training.mitigations import augmented, even_weights, reweighted

TEXTS = openings(World(skew=0.6), 1_500, seed=3)


def test_augmented_is_exactly_even_and_keeps_all_texts():
    twice = augmented(TEXTS)
    assert twice[::2] == TEXTS
    assert set(shares_of_she(twice).values()) == {0.5}


def test_weights_make_job_and_pronoun_independent():
    weights = even_weights(TEXTS)
    assert sum(weights) == pytest.approx(len(TEXTS))
    total, jobs = Counter(), Counter()
    for text, weight in zip(TEXTS, weights, strict=True):
        if worker := worker_of(text):
            total[worker.job, worker.pronoun] += weight
            jobs[worker.job] += 1
        else:
            assert weight == 1
    for (job, _), weight in total.items():
        assert weight == pytest.approx(jobs[job] / 2)


def test_reweighted_texts_are_about_even_and_none_is_new():
    drawn = reweighted(TEXTS, seed=1)
    assert len(drawn) == len(TEXTS) and set(drawn) <= set(TEXTS)
    assert all(abs(share - 0.5) < 0.25 for share in shares_of_she(drawn).values())
    assert drawn == reweighted(TEXTS, seed=1) != reweighted(TEXTS, seed=2)


def test_nothing_can_be_weighed_up_from_nothing():
    extreme = openings(World(skew=1), 300)
    with pytest.raises(CourseError, match="no nameless baker is a he"):
        even_weights(extreme)
    assert set(shares_of_she(augmented(extreme)).values()) == {0.5}
