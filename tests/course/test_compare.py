import math
import re

import numpy
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from llmcourse.course.compare import agree, describe, difference

values = st.recursive(
    st.one_of(st.floats(-1e6, 1e6), st.integers(-99, 99), st.booleans(), st.text(max_size=5)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.tuples(inner, inner),
        st.dictionaries(st.text(max_size=3), inner, max_size=3),
    ),
)


@given(values)
def test_everything_agrees_with_itself(value):
    assert agree(value, value)


@pytest.mark.parametrize(
    ("result", "expected"),
    [
        (torch.tensor(0.5), 0.5),
        (0.5, torch.tensor(0.5)),
        (numpy.float64(0.5), 0.5),
        ([1, 2], (1, 2)),
        (2, 2.0),
        (torch.tensor([math.inf, 1.0]), torch.tensor([math.inf, 1.0])),
        (torch.tensor([math.nan]), torch.tensor([math.nan])),
        (torch.nn.Parameter(torch.ones(2)), torch.ones(2)),
    ],
)
def test_the_same_in_another_dress(result, expected):
    assert agree(result, expected)


@pytest.mark.parametrize(
    ("result", "expected", "words"),
    [
        (torch.zeros(2, 3), torch.zeros(3, 2), r"shape is \(2, 3\)"),
        (torch.zeros(2, dtype=torch.int64), torch.zeros(2), "type int64"),
        (torch.zeros(2), torch.zeros(2, dtype=torch.bool), "type float32"),
        (torch.tensor([1.0, math.nan]), torch.ones(2), "1 of 2 entries are NaN"),
        (torch.tensor([1.0, 3.0]), torch.ones(2), "by up to 2"),
        (torch.tensor([1.0, math.inf]), torch.ones(2), "by up to inf"),
        (torch.tensor([True, False]), torch.tensor([True, True]), "1 of 2 entries"),
        ([0.0, 1.0], torch.tensor([0.0, 1.0]), "a list of 2, not a tensor"),
        (torch.zeros(3), (torch.zeros(3), torch.zeros(3)), "a tensor .* not a pair"),
        ((torch.zeros(3), torch.ones(3)), (torch.zeros(3), torch.zeros(3)), "In value 1"),
        (0.5, 0.25, "0.5; it should be 0.25"),
        (True, 1.0, "not a number"),
        (None, 1.0, "None, not a number"),
        (torch.zeros(2), 0.0, "not one number"),
        ("river", "mill", "'river'"),
        (0, True, "not True"),
        ({"a": 1}, {"b": 1}, "keys differ: a, b"),
        ({"a": 1}, {"a": 2}, "At key 'a'"),
        (7, {"a": 2}, "not a dictionary"),
    ],
)
def test_says_how_they_differ(result, expected, words):
    problem = difference(result, expected)
    assert problem is not None
    assert re.search(words, problem)


def test_the_tolerance_is_a_limit():
    assert agree(1.0 + 1e-4, 1.0, tolerance=1e-3)
    assert not agree(1.0 + 1e-4, 1.0, tolerance=1e-5)
    assert agree(torch.tensor([1.0001]), torch.ones(1), tolerance=1e-3)
    assert not agree(torch.tensor([1.0001]), torch.ones(1), tolerance=1e-5)


def test_an_object_whose_comparison_fails_is_different():
    class Odd:
        def __eq__(self, other):
            raise RuntimeError

        __hash__ = None

    assert not agree(Odd(), "text")


def test_describes_without_addresses():
    assert describe(object()) == "an object of type object"
    assert describe("x" * 100) == "a text of 100 characters"
