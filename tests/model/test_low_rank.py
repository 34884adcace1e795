"""Two thin layers for one: the best there are, balanced, and exact where nothing is cut."""

from collections.abc import Callable

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from llmcourse.errors import CourseError
from llmcourse.model import GPT
from llmcourse.model.low_rank import LowRankLinear, break_even, factored, split_linear


@given(out=st.integers(1, 7), n_in=st.integers(1, 7), data=st.data(), seed=st.integers(0, 99))
def test_what_is_missed_is_the_singular_values_that_were_left_out(
    out: int, n_in: int, data: st.DataObject, seed: int
) -> None:
    weight = torch.randn(out, n_in, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    rank = data.draw(st.integers(1, min(out, n_in)))
    first, second = split_linear(weight, rank)
    assert first.shape == (rank, n_in) and second.shape == (out, rank)
    values = torch.linalg.svdvals(weight)
    torch.testing.assert_close((weight - second @ first).norm(), values[rank:].norm(), atol=1e-9, rtol=1e-6)
    torch.testing.assert_close(first.norm(dim=1), second.norm(dim=0))  # both carry half of each value


@given(out=st.integers(1, 60), n_in=st.integers(1, 60))
def test_where_it_pays(out: int, n_in: int) -> None:
    rank = break_even(out, n_in)
    assert rank * (out + n_in) < out * n_in <= (rank + 1) * (out + n_in)


def test_at_full_rank_the_layer_is_the_same() -> None:
    linear, x = nn.Linear(6, 4), torch.randn(2, 3, 6)
    torch.testing.assert_close(LowRankLinear(linear, 4)(x), linear(x))
    with pytest.raises(CourseError, match="rank=5"):
        LowRankLinear(linear, 5)


def test_a_factored_model(make_model: Callable[..., GPT]) -> None:
    model = make_model(d_model=64)
    ids = torch.arange(6)[None]
    half = factored(model, 0.5)
    assert half(ids).shape == model(ids).shape
    size, before = (sum(p.numel() for p in one.blocks.parameters()) for one in (half, model))
    assert 0.4 * before < size < 0.55 * before
    assert isinstance(half.unembedding, nn.Linear) and isinstance(model.blocks[0].attention.w_q, nn.Linear)
    for share in (0, 1.5):
        with pytest.raises(CourseError, match="share="):
            factored(model, share)
