"""The best model on a leash is really the best, and its ends are what one expects."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmcourse.analysis.leash import divergence, leashed, mean
from llmcourse.errors import CourseError

REFERENCE = {"good": 0.6, "sad": 0.35, "odd": 0.05}
REWARD = {"good": 1.0, "sad": 0.0, "odd": 3.0}


def test_by_hand() -> None:
    p = leashed({"a": 0.5, "b": 0.5}, {"a": math.log(3), "b": 0.0}, beta=1)
    assert p == pytest.approx({"a": 0.75, "b": 0.25})
    assert mean(p, {"a": 4, "b": 0}) == pytest.approx(3)
    assert divergence({"a": 1.0, "b": 0.0}, {"a": 0.5, "b": 0.5}) == pytest.approx(math.log(2))


@given(st.floats(0.05, 5), st.lists(st.floats(0.01, 1), min_size=3, max_size=3))
def test_no_other_distribution_is_better(beta: float, weights: list[float]) -> None:
    best = leashed(REFERENCE, REWARD, beta)
    other = {reply: weight / sum(weights) for reply, weight in zip(REFERENCE, weights, strict=True)}

    def aim(p: dict[str, float]) -> float:
        return mean(p, REWARD) - beta * divergence(p, REFERENCE)

    assert aim(best) >= aim(other) - 1e-9


def test_the_ends_of_the_leash() -> None:
    assert leashed(REFERENCE, REWARD, 1e6) == pytest.approx(REFERENCE, abs=1e-4)
    assert leashed(REFERENCE, REWARD, 0.01)["odd"] == pytest.approx(1)
    with pytest.raises(CourseError, match="beta is 0"):
        leashed(REFERENCE, REWARD, 0)
