"""With PyTorch's own weights, our layer gives what PyTorch's gives."""

from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import nn

from llmcourse.errors import CourseError
from llmcourse.model import causal_mask, from_torch, padding_mask, record

BATCH, N, N_KEYS, WIDTH = 3, 7, 5, 24
PRECISION = {"atol": 1e-5, "rtol": 1e-5}


def their_layer(n_heads: int = 4, bias: bool = True, **options: Any) -> nn.MultiheadAttention:
    torch.manual_seed(0)
    layer = nn.MultiheadAttention(WIDTH, n_heads, bias=bias, batch_first=True, **options)
    for parameter in layer.parameters():
        nn.init.normal_(parameter, std=0.4)  # their biases begin at 0, where an error would not be seen
    return layer.eval()


def padded_ids() -> torch.Tensor:
    """Three texts of 7, 4 and 1 tokens; 0 is padding."""
    ids = torch.arange(1, BATCH * N + 1).view(BATCH, N)
    ids[1, 4:] = 0
    ids[2, 1:] = 0
    return ids


@pytest.mark.parametrize("bias", [True, False])
@pytest.mark.parametrize("n_heads", [1, 4, 12])
@pytest.mark.parametrize("causal", [True, False])
@pytest.mark.parametrize("padding", [True, False])
@pytest.mark.parametrize("path", ["auto", "explicit"])
def test_self_attention(bias: bool, n_heads: int, causal: bool, padding: bool, path: str) -> None:
    theirs, x, ids = their_layer(n_heads, bias), torch.randn(BATCH, N, WIDTH), padded_ids()
    ours = from_torch(theirs, is_causal=causal)
    ours.path = path
    expected, weights = theirs(
        x,
        x,
        x,
        attn_mask=~causal_mask(N) if causal else None,  # theirs is True where attention is forbidden
        key_padding_mask=ids == 0 if padding else None,
        average_attn_weights=False,
    )
    mask = padding_mask(ids) if padding else None
    torch.testing.assert_close(ours(x, mask), expected, **PRECISION)
    with record(ours, "weights", "z") as trace:
        ours(x, mask)
    torch.testing.assert_close(trace["weights"], weights, **PRECISION)  # batch head query key, head by head


@pytest.mark.parametrize("bias", [True, False])
def test_cross_attention_with_another_length(bias: bool) -> None:
    theirs = their_layer(bias=bias)
    ours = from_torch(theirs, is_cross=True)
    x, memory, ids = torch.randn(BATCH, N, WIDTH), torch.randn(BATCH, N_KEYS, WIDTH), padded_ids()[:, :N_KEYS]
    expected, weights = theirs(x, memory, memory, key_padding_mask=ids == 0, average_attn_weights=False)
    with record(ours, "weights") as trace:
        torch.testing.assert_close(ours(x, padding_mask(ids), memory=memory), expected, **PRECISION)
    torch.testing.assert_close(trace["weights"], weights, **PRECISION)
    torch.testing.assert_close(ours(x, padding_mask(ids), memory=memory), expected, **PRECISION)  # the fast path


@settings(max_examples=20)
@given(batch=st.integers(1, 3), n=st.integers(1, 9), scale=st.sampled_from([0.01, 1.0, 30.0]), seed=st.integers(0, 99))
def test_any_size_and_any_mask(batch: int, n: int, scale: float, seed: int) -> None:
    theirs = their_layer()
    torch.manual_seed(seed)
    x = torch.randn(batch, n, WIDTH) * scale
    mask = (torch.rand(batch, n, n) < 0.5) | torch.eye(n, dtype=torch.bool)  # no row without any key: there, NaN
    expected, _ = theirs(x, x, x, attn_mask=~mask.repeat_interleave(4, dim=0))
    torch.testing.assert_close(from_torch(theirs)(x, mask), expected, atol=1e-5 * max(1, scale), rtol=1e-5)


def test_gradients_agree() -> None:
    theirs, x = their_layer(), torch.randn(BATCH, N, WIDTH)
    ours = from_torch(theirs)
    theirs(x, x, x)[0].square().sum().backward()
    ours(x).square().sum().backward()
    expected = theirs.in_proj_weight.grad
    found = torch.cat([part.weight.grad for part in (ours.w_q, ours.w_k, ours.w_v)])
    torch.testing.assert_close(found, expected, atol=1e-3, rtol=1e-4)
    torch.testing.assert_close(ours.w_o.weight.grad, theirs.out_proj.weight.grad, atol=1e-3, rtol=1e-4)


def test_a_text_of_padding_only_is_zero_before_the_output_bias_where_pytorch_gives_nan() -> None:
    theirs, x = their_layer(), torch.randn(1, 3, WIDTH)
    nothing = torch.zeros(1, 1, 3, dtype=torch.bool)
    assert theirs(x, x, x, key_padding_mask=~nothing[:, 0])[0].isnan().all()
    ours = from_torch(theirs)
    for path in ("auto", "explicit"):
        ours.path = path
        torch.testing.assert_close(ours(x, nothing), theirs.out_proj.bias.expand(1, 3, WIDTH))


@pytest.mark.parametrize("options", [{"kdim": 5}, {"vdim": 5}, {"add_bias_kv": True}, {"add_zero_attn": True}])
def test_options_that_ours_has_not(options: dict[str, Any]) -> None:
    with pytest.raises(CourseError, match="kdim, vdim, add_bias_kv or add_zero_attn"):
        from_torch(nn.MultiheadAttention(WIDTH, 4, **options))
