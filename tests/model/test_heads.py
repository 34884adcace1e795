"""Heads are slices: nothing is computed, and nothing may be mixed up."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from llmcourse.errors import CourseError
from llmcourse.model import merge_heads, repeat_heads, split_heads

sizes = st.integers(1, 5)


@given(batch=sizes, n=sizes, heads=sizes, d_head=sizes)
def test_each_head_has_its_slice_of_every_token(batch: int, n: int, heads: int, d_head: int) -> None:
    x = torch.arange(batch * n * heads * d_head).float().view(batch, n, heads * d_head)
    split = split_heads(x, heads)
    assert split.shape == (batch, heads, n, d_head)
    for head in range(heads):
        assert torch.equal(split[:, head], x[..., head * d_head : (head + 1) * d_head])
    assert torch.equal(merge_heads(split), x)


@given(batch=sizes, groups=sizes, each=sizes, n=sizes)
def test_neighbouring_heads_share(batch: int, groups: int, each: int, n: int) -> None:
    k = torch.randn(batch, groups, n, 3)
    repeated = repeat_heads(k, groups * each)
    assert repeated.shape == (batch, groups * each, n, 3)
    for head in range(groups * each):
        assert torch.equal(repeated[:, head], k[:, head // each])


def test_what_cannot_be_shared_equally() -> None:
    with pytest.raises(CourseError, match=r"x of shape \(1, 2, 10\) is 10 wide, which 4 heads cannot share equally"):
        split_heads(torch.zeros(1, 2, 10), 4)
    with pytest.raises(CourseError, match="0 heads cannot share"):
        split_heads(torch.zeros(1, 2, 10), 0)
    with pytest.raises(CourseError, match=r"4 heads cannot evenly share the 3 of k, whose shape is \(1, 3, 5, 2\)"):
        repeat_heads(torch.zeros(1, 3, 5, 2), 4)


def test_no_tokens_at_all() -> None:
    assert split_heads(torch.zeros(0, 0, 8), 2).shape == (0, 2, 0, 4)
    assert merge_heads(torch.zeros(0, 2, 0, 4)).shape == (0, 0, 8)
