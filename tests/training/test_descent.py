"""On a quadratic everything is known: where the minimum is, how fast each method gets there, and when it does not."""

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from llmcourse.errors import CourseError
from llmcourse.training.descent import best_momentum, best_rate, descend, shrinks_by
from llmcourse.training.optimizers import SGD


def quadratic(curvatures):
    return lambda w: (torch.tensor(curvatures, dtype=torch.float64) * w**2).sum() / 2


@settings(max_examples=30)
@given(st.floats(0.5, 2), st.floats(1, 50), st.floats(0.05, 2.5), st.floats(0, 0.9))
def test_the_measured_speed_is_that_of_theory(smallest, condition, share, momentum):
    curvatures = (smallest, smallest * condition)
    lr = share * best_rate(*curvatures)
    factor = shrinks_by(curvatures, lr, momentum)
    path = descend(quadratic(curvatures), (1, 1), lambda w: SGD(w, lr, momentum), 300)
    if factor > 1.02:
        assert path.points[-1].norm() > 3 or len(path.points) < 301
    elif factor < 0.98:
        far = path.points.norm(dim=1)
        assert far[300] <= 2000 * factor**300 + 1e-12  # swings and double roots cost a factor, not a power


@given(st.floats(0.1, 10), st.floats(1.01, 1000))
def test_the_best_settings_shrink_as_the_condition_number_says(smallest, condition):
    largest = smallest * condition
    root = math.sqrt(condition)
    assert shrinks_by((smallest, largest), best_rate(smallest, largest)) == pytest.approx(
        (condition - 1) / (condition + 1)
    )
    lr, momentum = best_momentum(smallest, largest)
    assert shrinks_by((smallest, largest), lr, momentum) == pytest.approx((root - 1) / (root + 1), abs=1e-4)
    for other in (0.9, 1.1):
        assert shrinks_by((smallest, largest), lr * other, momentum) >= shrinks_by((smallest, largest), lr, momentum)


def test_a_rate_beyond_the_cliff_leaves_the_map():
    path = descend(quadratic((1, 25)), (1, 1), lambda w: SGD(w, 0.5), 100)
    assert len(path.points) < 101
    assert path.points.isfinite().all()


def test_the_path_begins_at_the_start_and_each_loss_is_that_of_its_point():
    loss = quadratic((1, 4))
    path = descend(loss, (2, -1), lambda w: SGD(w, 0.1), 3)
    assert path.points[0].tolist() == [2, -1]
    torch.testing.assert_close(path.points[1], torch.tensor([1.8, -0.6], dtype=torch.float64))
    torch.testing.assert_close(path.losses, torch.stack([loss(point) for point in path.points]))


def test_bad_input_is_one_clear_line():
    with pytest.raises(CourseError, match="at least 1 step"):
        descend(quadratic((1,)), (1,), lambda w: SGD(w, 0.1), 0)
    with pytest.raises(CourseError, match="no gradient"):
        descend(lambda w: torch.tensor(1.0), (1,), lambda w: SGD(w, 0.1), 1)
    for function in (best_rate, best_momentum):
        with pytest.raises(CourseError, match="curvatures must be above 0"):
            function(2, 1)
