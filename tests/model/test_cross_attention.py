import inspect
import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from llmcourse.errors import CourseError
from llmcourse.model import ModelConfig, MultiHeadAttention
from llmcourse.model.cross_attention import cross_attention


def test_by_hand() -> None:
    """The example of the notebook: two words written, two read."""
    x = torch.tensor([[1.0, 0.0], [0.0, 1.0]])
    memory = torch.tensor([[2.0, 0.0], [0.0, 2.0]])
    one, swap = torch.eye(2), torch.tensor([[0.0, 1.0], [1.0, 0.0]])
    output, weights = cross_attention(x, memory, swap, one, 10 * one)
    sure = math.exp(math.sqrt(2)) / (1 + math.exp(math.sqrt(2)))
    torch.testing.assert_close(weights, torch.tensor([[1 - sure, sure], [sure, 1 - sure]]))
    torch.testing.assert_close(output, 20 * weights)


@given(batch=st.integers(1, 3), n=st.integers(1, 5), m=st.integers(1, 6), seed=st.integers(0, 9))
def test_one_head_of_the_class(batch: int, n: int, m: int, seed: int) -> None:
    torch.manual_seed(seed)
    attention = MultiHeadAttention(ModelConfig(vocab_size=9, d_model=8, n_heads=1), is_cross=True)
    x, memory, mask = torch.randn(batch, n, 8), torch.randn(batch, m, 8), torch.rand(batch, 1, m) < 0.6
    matrices = (attention.w_q.weight.T, attention.w_k.weight.T, attention.w_v.weight.T)
    output, weights = cross_attention(x, memory, *matrices, mask)
    torch.testing.assert_close(attention(x, mask, memory=memory), attention.w_o(output), atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(weights.sum(-1), mask.any(-1).float().expand(batch, n))


def test_widths_that_do_not_fit() -> None:
    cross = inspect.unwrap(cross_attention)
    with pytest.raises(CourseError, match=r"x must be as wide as w_q is high.* \(3, 4\), \(5, 2\), \(2, 2\)"):
        cross(torch.ones(3, 4), torch.ones(5, 2), torch.ones(2, 2), torch.ones(2, 2), torch.ones(2, 2))
