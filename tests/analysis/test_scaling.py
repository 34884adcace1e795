"""Scaling laws: a law that made the runs is found again; a known floor is kept; the fit agrees with scipy's."""

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import least_squares

from llmcourse.analysis.calculator import HOFFMANN
from llmcourse.analysis.scaling import ScalingLaw, bootstrap, fit_scaling_law, middle
from llmcourse.errors import CourseError

SIZES, TOKENS = (1e3, 4e3, 1.6e4, 6.4e4), (1e4, 4e4, 1.6e5, 6.4e5)


def runs_of(law, noise=0.0, seed=0):
    dice = np.random.default_rng(seed)
    return [(n, d, law.loss(n, d) * (1 + noise * dice.normal())) for n, d in itertools.product(SIZES, TOKENS)]


@settings(max_examples=8, deadline=None)
@given(st.floats(0.3, 4), st.floats(0.3, 1.2), st.floats(0.3, 1.2))
def test_the_law_behind_the_runs_is_found(floor, alpha, beta):
    law = ScalingLaw(floor, 0.5 * 1e3**alpha, alpha, 0.5 * 1e4**beta, beta)
    found = fit_scaling_law(runs_of(law))
    assert found.error(runs_of(law)) < 1e-3
    assert found.floor == pytest.approx(floor, rel=0.05)
    told = fit_scaling_law(runs_of(law), floor)
    assert told.floor == floor
    assert (told.alpha, told.beta) == pytest.approx((alpha, beta), rel=0.02)


def test_scipy_finds_nothing_better():
    runs = runs_of(ScalingLaw(1.5, 30, 0.5, 200, 0.6), noise=0.01)
    mine = fit_scaling_law(runs)

    def off(x):
        return [ScalingLaw(x[0], x[1], x[2], x[3], x[4]).loss(n, d) / loss - 1 for n, d, loss in runs]

    start = [mine.floor, mine.a, mine.alpha, mine.b, mine.beta]
    theirs = least_squares(off, start, x_scale=np.abs(start) + 1e-3, bounds=(0, np.inf))
    assert np.sqrt(np.mean(np.square(theirs.fun))) == pytest.approx(mine.error(runs), rel=0.01)


def test_resamples_spread_around_the_truth():
    runs = runs_of(ScalingLaw(1.5, 30, 0.5, 200, 0.6), noise=0.003)
    low, high = middle([law.floor for law in bootstrap(runs, times=12)])
    assert 0 <= low < high < 2


def test_published_losses():
    assert HOFFMANN.loss(280e9, 300e9) == pytest.approx(1.993, abs=5e-4)  # Gopher
    assert HOFFMANN.loss(70e9, 1.4e12) == pytest.approx(1.937, abs=5e-4)  # Chinchilla


def test_too_few_runs_are_refused():
    with pytest.raises(CourseError, match="5 runs are too few: 6 or more"):
        fit_scaling_law(runs_of(HOFFMANN)[:5])
    with pytest.raises(CourseError, match="different sizes"):
        fit_scaling_law([(10, d, 1 / d) for d in range(1, 9)])
