"""Published models: their figures are reproduced; the best split is the best."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmcourse.analysis.calculator import BESIROGLU, HOFFMANN, PUBLISHED, compute_optimal
from llmcourse.analysis.scaling import ScalingLaw
from llmcourse.errors import CourseError


@pytest.mark.parametrize("name", ["GPT-3 13B", "GPT-3 175B", "Chinchilla"])
def test_operations_as_published(name):
    assert PUBLISHED[name].flops == pytest.approx(PUBLISHED[name].published_flops, rel=0.025)


def test_chinchilla_read_twenty_tokens_for_each_parameter():
    assert PUBLISHED["Chinchilla"].tokens_per_parameter == 20


def test_the_replication_advises_chinchilla_and_the_printed_law_does_not():
    n, d = compute_optimal(BESIROGLU, 5.76e23)
    assert n == pytest.approx(70e9, rel=0.05)
    assert 16 < d / n < 22
    n, d = compute_optimal(HOFFMANN, 5.76e23)
    assert n < 40e9
    assert d / n > 80


@given(st.floats(0.1, 1.5), st.floats(0.1, 1.5), st.floats(0.1, 1e4), st.floats(0.1, 1e4), st.floats(1e6, 1e26))
def test_no_other_split_of_the_budget_loses_less(alpha, beta, a, b, flops):
    law = ScalingLaw(0.0, a, alpha, b, beta)
    n, d = compute_optimal(law, flops)
    assert 6 * n * d == pytest.approx(flops)
    for factor in (0.5, 0.9, 1.1, 2.0):
        assert law.loss(n * factor, d / factor) >= law.loss(n, d) * (1 - 1e-9)


def test_impossible_inputs_are_refused():
    with pytest.raises(CourseError, match="must be above 0"):
        compute_optimal(HOFFMANN, 0)
    with pytest.raises(CourseError, match="above 0"):
        compute_optimal(ScalingLaw(1, 0, 0.3, 1, 0.3), 1e9)
