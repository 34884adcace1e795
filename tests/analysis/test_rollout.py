"""Rollout: shares, and the product of the layers."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from llmcourse.analysis.rollout import all_weights, attention_rollout
from llmcourse.errors import CourseError
from llmcourse.model import GPT, ModelConfig


@given(layers=st.integers(1, 4), heads=st.integers(1, 3), n=st.integers(1, 6), seed=st.integers(0, 99))
@settings(max_examples=30, deadline=None)
def test_rows_are_shares_and_order_is_kept(layers: int, heads: int, n: int, seed: int) -> None:
    draw = torch.randn(layers, heads, n, n, generator=torch.Generator().manual_seed(seed))
    causal = torch.ones(n, n, dtype=torch.bool).tril()
    weights = draw.masked_fill(~causal, -torch.inf).softmax(-1)
    rolled = attention_rollout(weights)
    torch.testing.assert_close(rolled.sum(-1), torch.ones(n))
    assert rolled.masked_select(~causal).eq(0).all()
    by_hand = torch.eye(n)
    for layer in weights.mean(1):
        by_hand = (0.5 * layer + 0.5 * torch.eye(n)) @ by_hand
    torch.testing.assert_close(rolled, by_hand)


def test_the_pencil_and_paper_example() -> None:
    weights = torch.tensor([[1.0, 0.0], [1.0, 0.0]]).expand(2, 1, 2, 2)
    assert attention_rollout(weights)[1].tolist() == [0.75, 0.25]


def test_the_weights_of_a_model() -> None:
    model = GPT(ModelConfig(vocab_size=9, d_model=16, n_layers=2, n_heads=2))
    assert all_weights(model, torch.arange(5)).shape == (2, 2, 5, 5)


def test_not_square() -> None:
    with pytest.raises(CourseError, match="square"):
        attention_rollout(torch.ones(1, 1, 2, 3))
