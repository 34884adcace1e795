import inspect

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from llmcourse.errors import CourseError
from llmcourse.model import causal_mask, padding_mask, prefix_mask
from llmcourse.model.checks import check_mask


@given(n=st.integers(0, 8), more=st.integers(0, 4))
def test_causal(n: int, more: int) -> None:
    mask = causal_mask(n, n + more)
    assert mask.shape == (n, n + more)
    assert all(mask[i, j] == (j <= i + more) for i in range(n) for j in range(n + more))


@given(n=st.integers(0, 8), data=st.data())
def test_a_prefix_lies_between_the_two_others(n: int, data: st.DataObject) -> None:
    read = data.draw(st.integers(0, n))
    mask = prefix_mask(read, n)
    assert all(mask[i, j] == (j <= i or j < read) for i in range(n) for j in range(n))
    assert torch.equal(prefix_mask(0, n), causal_mask(n))
    assert prefix_mask(n, n).all()


@pytest.mark.parametrize("read", [-1, 5])
def test_a_prefix_that_is_none(read: int) -> None:
    with pytest.raises(CourseError, match=f"the first {read} of 4 tokens cannot be a prefix: take between 0 and 4"):
        inspect.unwrap(prefix_mask)(read, 4)


def test_padding() -> None:
    ids = torch.tensor([[5, 6, 0, 0], [7, 8, 9, 0], [0, 0, 0, 0]])
    assert padding_mask(ids).int().tolist() == [[[1, 1, 0, 0]], [[1, 1, 1, 0]], [[0, 0, 0, 0]]]
    assert padding_mask(ids, pad_id=6)[0].tolist() == [[True, False, True, True]]


def test_a_mask_that_fits_is_let_through() -> None:
    check_mask(None, 2, 3, 4)
    for shape in ((2, 3, 4), (1, 3, 4), (2, 1, 4), (1, 1, 4)):
        check_mask(torch.ones(shape, dtype=torch.bool), 2, 3, 4)
    check_mask(torch.ones(3, 4, dtype=torch.bool), 2, 3, 4, one_for_all=True)
