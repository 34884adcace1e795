import math

import torch
from hypothesis import given
from hypothesis import strategies as st

from llmcourse.model.softmax import softmax


@given(st.integers(0, 2), st.floats(0, 1e4), st.integers(0, 100))
def test_is_the_softmax_of_pytorch(dim, size, seed):
    x = size * torch.randn(2, 3, 4, generator=torch.Generator().manual_seed(seed))
    torch.testing.assert_close(softmax(x, dim), x.softmax(dim))


def test_of_two_numbers_by_hand():
    torch.testing.assert_close(softmax(torch.tensor([0.0, math.log(3)])), torch.tensor([0.25, 0.75]))


def test_large_numbers_and_infinities_stay_shares():
    x = torch.tensor([[1e30, 1e30], [-1e30, 0.0], [-math.inf, 5.0]])
    assert softmax(x).tolist() == [[0.5, 0.5], [0.0, 1.0], [0.0, 1.0]]
