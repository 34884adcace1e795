"""The function says what the class computes."""

import pytest
import torch

from llmcourse.model import ModelConfig, MultiHeadAttention, causal_mask, multi_head_attention


@pytest.mark.parametrize("n_heads", [1, 2, 8])
@pytest.mark.parametrize("masked", ["no", "causal", "each text its own"])
def test_function_and_class_agree(n_heads: int, masked: str) -> None:
    torch.manual_seed(0)
    attention = MultiHeadAttention(
        ModelConfig(vocab_size=1, d_model=16, n_heads=n_heads, positions="none"), is_causal=False
    )
    x = torch.randn(3, 6, 16)
    mask = {"no": None, "causal": causal_mask(6), "each text its own": torch.rand(3, 6, 6) < 0.5}[masked]
    weights = [part.weight for part in (attention.w_q, attention.w_k, attention.w_v, attention.w_o)]
    torch.testing.assert_close(
        multi_head_attention(x, *weights, n_heads, mask), attention(x, mask), atol=1e-6, rtol=1e-5
    )


def test_a_text_of_padding_gives_zeros() -> None:
    x, w = torch.randn(1, 3, 4), torch.randn(4, 4)
    assert (multi_head_attention(x, w, w, w, w, 2, torch.zeros(3, 3, dtype=torch.bool)) == 0).all()
