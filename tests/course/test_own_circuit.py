"""The open task of notebook 21, which has no answer key to compare with."""

import re

import pytest

from llmcourse.course.checking import check_answer
from llmcourse.course.content.ch21.circuit import CIRCUIT
from llmcourse.course.outcome import Kind

GOOD = [(0, 1), (0, 2), (1, 0), (1, 2), (2, 0), (2, 3)]


def test_a_good_one() -> None:
    assert check_answer(CIRCUIT, GOOD).correct
    assert check_answer(CIRCUIT, tuple(GOOD)).correct


@pytest.mark.parametrize(
    ("heads", "diagnosis"),
    [
        ([(1, 2), (2, 0)], r"% of the difference is left; the goal is 80%"),
        ([(layer, head) for layer in range(3) for head in range(4)], "12 heads; at most 6"),
        ([(3, 0)], r"no head \(3, 0\)"),
        ([2, 3], "a pair of layer and head"),
        ("heads", "a pair of layer and head"),
    ],
)
def test_a_wrong_one(heads: object, diagnosis: str) -> None:
    outcome = check_answer(CIRCUIT, heads)
    assert outcome.kind is Kind.WRONG
    assert re.search(diagnosis, outcome.diagnosis), outcome.diagnosis


def test_a_blank() -> None:
    assert check_answer(CIRCUIT, None).kind is Kind.NOT_ATTEMPTED
