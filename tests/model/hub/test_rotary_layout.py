"""Neighbours or halves: the same attention, if and only if the rows follow."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from llmcourse.course.content.ch03.rotary import turned_neighbours
from llmcourse.errors import CourseError
from llmcourse.model import apply_rotary, rotary_table, split_heads
from llmcourse.model.hub import halves_from_neighbours, neighbours_from_halves

shapes = st.tuples(st.integers(1, 4), st.integers(1, 5), st.integers(1, 6))


@given(shapes)
def test_there_and_back(shape: tuple[int, int, int]) -> None:
    n_heads, pairs, width = shape
    weight = torch.randn(n_heads * 2 * pairs, width)
    assert torch.equal(neighbours_from_halves(halves_from_neighbours(weight, n_heads), n_heads), weight)
    bias = weight[:, 0]
    assert torch.equal(halves_from_neighbours(bias, n_heads), halves_from_neighbours(weight, n_heads)[:, 0])


@given(shapes)
def test_scores_are_the_same(shape: tuple[int, int, int]) -> None:
    n_heads, pairs, width = shape
    w_q, w_k = torch.randn(2, n_heads * 2 * pairs, width)
    x = torch.randn(1, 7, width)
    cos, sin = rotary_table(7, 2 * pairs)

    def scores(q: torch.Tensor, k: torch.Tensor, turn: object) -> torch.Tensor:
        q, k = (turn(split_heads(x @ w.T, n_heads), cos, sin) for w in (q, k))  # type: ignore[operator]
        return q @ k.mT

    theirs = scores(w_q, w_k, turned_neighbours)
    ours = scores(halves_from_neighbours(w_q, n_heads), halves_from_neighbours(w_k, n_heads), apply_rotary)
    torch.testing.assert_close(ours, theirs, atol=1e-4, rtol=1e-4)


def test_by_hand() -> None:
    assert halves_from_neighbours(torch.arange(8), 2).tolist() == [0, 2, 1, 3, 4, 6, 5, 7]
    assert halves_from_neighbours(torch.arange(6), 1).tolist() == [0, 2, 4, 1, 3, 5]


@pytest.mark.parametrize(("rows", "n_heads"), [(6, 2), (7, 1), (8, 0)])
def test_rows_that_cannot_be_paired(rows: int, n_heads: int) -> None:
    with pytest.raises(CourseError, match=f"{rows} rows cannot be shared by {n_heads} heads in pairs"):
        halves_from_neighbours(torch.ones(rows, 2), n_heads)
