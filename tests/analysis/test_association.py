"""WEAT: associations, effect size and the exact permutation test."""

import math

import numpy
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from llmcourse.analysis.association import associations, effect_size, partings, permutation_p
from llmcourse.errors import CourseError

X, Y = torch.tensor([3.0, 1.0]), torch.tensor([0.0, -2.0])
numbers = st.lists(st.floats(-5, 5, width=32), min_size=2, max_size=5)


def test_the_example_by_hand():
    assert effect_size(X, Y) == pytest.approx(3 / math.sqrt(13 / 3))


def test_associations_agree_with_a_loop_in_numpy():
    draw = torch.Generator().manual_seed(0)
    w, a, b = (torch.randn(n, 6, generator=draw) for n in (4, 3, 5))

    def cos(u, v):
        return numpy.dot(u, v) / numpy.linalg.norm(u) / numpy.linalg.norm(v)

    loop = [
        numpy.mean([cos(t.numpy(), v.numpy()) for v in a]) - numpy.mean([cos(t.numpy(), v.numpy()) for v in b])
        for t in w
    ]
    assert associations(w, a, b).numpy() == pytest.approx(numpy.array(loop), abs=1e-5)


def test_the_permutation_test_agrees_with_scipys():
    stats = pytest.importorskip("scipy.stats")
    draw = torch.Generator().manual_seed(1)
    for n, m in ((3, 3), (4, 2), (5, 5)):
        x, y = torch.randn(n, generator=draw) + 0.5, torch.randn(m, generator=draw)
        theirs = stats.permutation_test(
            (x.numpy(), y.numpy()),
            lambda a, b, axis: a.mean(axis) - b.mean(axis),
            vectorized=True,
            n_resamples=numpy.inf,
            alternative="greater",
        )
        assert permutation_p(x, y) == pytest.approx(theirs.pvalue)
        assert len(partings(x, y)) == math.comb(n + m, n)


@given(numbers, numbers, st.floats(0.5, 4), st.floats(-3, 3))
def test_neither_number_depends_on_the_scale(x, y, scale, shift):
    x, y = torch.tensor(x, dtype=torch.float64), torch.tensor(y, dtype=torch.float64)
    if torch.cat([x, y]).std() < 0.01:
        return
    assert effect_size(scale * x + shift, scale * y + shift) == pytest.approx(effect_size(x, y), abs=1e-6)
    assert effect_size(y, x) == pytest.approx(-effect_size(x, y), abs=1e-9)
    assert abs(effect_size(x, y)) < 2


@given(numbers, numbers)
def test_a_p_is_at_least_one_way_in_all(x, y):
    x, y = torch.tensor(x), torch.tensor(y)
    assert 1 / math.comb(len(x) + len(y), len(x)) - 1e-9 <= permutation_p(x, y) <= 1


def test_three_against_three_cannot_go_below_a_twentieth():
    assert permutation_p(torch.tensor([7.0, 8.0, 9.0]), torch.tensor([-7.0, -8.0, -9.0])) == pytest.approx(0.05)


def test_what_cannot_be_measured():
    with pytest.raises(CourseError, match="at least one"):
        effect_size(X[:0], Y)
    with pytest.raises(CourseError, match="at least one"):
        permutation_p(X, Y[:0])
    with pytest.raises(CourseError, match="no spread"):
        effect_size(torch.ones(2), torch.ones(2))
    with pytest.raises(CourseError, match="at most 20"):
        permutation_p(torch.randn(11), torch.randn(10))
