"""The best of n, counted instead of drawn."""

import itertools
import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmcourse.errors import CourseError
from llmcourse.inference.best_of_n import best_of_n_kl, best_of_n_mean


@given(st.lists(st.tuples(st.integers(0, 4), st.integers(-3, 3)), min_size=1, max_size=7), st.data())
def test_it_is_the_mean_over_all_choices(replies: list[tuple[int, int]], data: st.DataObject) -> None:
    n = data.draw(st.integers(1, len(replies)))
    best = []
    for some in itertools.combinations(replies, n):
        highest = max(reward for reward, _ in some)
        # of equal rewards any may be given out: each of all replies with that reward as often as another
        alike = [value for reward, value in replies if reward == highest]
        best.append(sum(alike) / len(alike))
    rewards, values = zip(*replies, strict=True)
    assert best_of_n_mean(rewards, values, n) == pytest.approx(sum(best) / len(best))


def test_the_ends() -> None:
    assert best_of_n_mean([1, 2, 3], [5, 0, 1], 1) == 2  # one: no choice
    assert best_of_n_mean([1, 2, 3], [5, 0, 1], 3) == 1  # all: the highest reward
    assert best_of_n_kl(1) == 0
    assert best_of_n_kl(4) == pytest.approx(math.log(4) - 3 / 4)


def test_the_kl_is_that_of_the_distribution() -> None:
    """The best of n of many replies: rank u in 0 to 1 has the density n u^(n-1)."""
    n, many = 4, 20_000
    density = [n * ((i + 0.5) / many) ** (n - 1) for i in range(many)]
    assert sum(d * math.log(d) for d in density) / many == pytest.approx(best_of_n_kl(n), abs=1e-3)


def test_what_cannot_be() -> None:
    with pytest.raises(CourseError, match="n is 3; it must lie between 1 and the number of replies, 2"):
        best_of_n_mean([1, 2], [1, 2], 3)
    with pytest.raises(CourseError, match="there are 1 and 2"):
        best_of_n_mean([1], [1, 2], 1)
    with pytest.raises(CourseError, match="n is 0"):
        best_of_n_kl(0)
