"""Attention that reads in pieces is attention that reads the whole."""

import torch
from hypothesis import given
from hypothesis import strategies as st

from llmcourse.model import causal_mask, scaled_dot_product_attention
from llmcourse.model.cached_attention import cached_attention


@given(pieces=st.lists(st.integers(1, 4), min_size=1, max_size=5))
def test_pieces_make_the_whole(pieces: list[int]) -> None:
    generator = torch.Generator().manual_seed(0)
    x, w_q, w_k, w_v = (torch.randn(n, 6, generator=generator) for n in (sum(pieces), 4, 4, 4))
    keys = values = torch.zeros(0, 4)
    outputs = []
    for piece in x.split(pieces):
        output, keys, values = cached_attention(piece, w_q, w_k, w_v, keys, values)
        outputs.append(output)
    whole, _ = scaled_dot_product_attention(x @ w_q.T, x @ w_k.T, x @ w_v.T, causal_mask(len(x)))
    torch.testing.assert_close(torch.cat(outputs), whole, atol=1e-5, rtol=1e-5)
    assert torch.allclose(keys, x @ w_k.T, atol=1e-6)
