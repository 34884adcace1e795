"""Every cheaper form against the plain formula it stands for, or against a loop."""

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from llmcourse.errors import CourseError
from llmcourse.model import causal_mask, scaled_dot_product_attention
from llmcourse.model.efficient import (
    Experts,
    LatentAttention,
    StateSpace,
    balance_loss,
    cached_numbers,
    chunked_attention,
    chunked_linear_attention,
    chunked_scan,
    linear_attention,
    low_rank_keys_and_values,
    scan,
    sliding_window_attention,
    window_mask,
)

LENGTHS, PARTS = st.integers(1, 40), st.integers(1, 17)


def qkv(n, seed=0, size=1.0):
    draw = torch.Generator().manual_seed(seed)
    return tuple(size * torch.randn(2, 3, n, width, generator=draw) for width in (8, 8, 5))


@settings(max_examples=25, deadline=None)
@given(n=LENGTHS, window=PARTS)
def test_the_band_equals_the_mask(n, window):
    q, k, v = qkv(n)
    plain, _ = scaled_dot_product_attention(q, k, v, window_mask(n, window))
    assert torch.allclose(sliding_window_attention(q, k, v, window), plain, atol=1e-5)


def test_a_window_as_long_as_the_text_is_causal_attention():
    assert torch.equal(window_mask(7, 7), causal_mask(7))
    assert window_mask(6, 2).sum(dim=1).tolist() == [1, 2, 2, 2, 2, 2]
    with pytest.raises(CourseError, match="window of 0"):
        window_mask(4, 0)


@settings(max_examples=25, deadline=None)
@given(n=LENGTHS, block=PARTS)
def test_chunked_attention_is_exact(n, block):
    q, k, v = qkv(n)
    plain, _ = scaled_dot_product_attention(q, k, v, causal_mask(n))
    assert torch.allclose(chunked_attention(q, k, v, block), plain, atol=1e-5)


def test_chunked_attention_agrees_with_pytorch_and_survives_large_scores():
    q, k, v = qkv(300, size=1.0)
    assert torch.allclose(
        chunked_attention(q, k, v), F.scaled_dot_product_attention(q, k, v, is_causal=True), atol=1e-5
    )
    q, k, v = qkv(50, size=30.0)
    assert torch.allclose(
        chunked_attention(q, k, v, 7), F.scaled_dot_product_attention(q, k, v, is_causal=True), atol=1e-3
    )
    with pytest.raises(CourseError, match="block=0"):
        chunked_attention(q, k, v, 0)


def test_chunked_attention_has_the_same_gradient():
    q, k, v = (x.requires_grad_() for x in qkv(20))
    mine = torch.autograd.grad(chunked_attention(q, k, v, 6).square().sum(), (q, k, v))
    theirs = torch.autograd.grad(F.scaled_dot_product_attention(q, k, v, is_causal=True).square().sum(), (q, k, v))
    assert all(torch.allclose(a, b, atol=1e-4) for a, b in zip(mine, theirs, strict=True))


@settings(max_examples=25, deadline=None)
@given(n=LENGTHS, chunk=PARTS)
def test_linear_attention_has_three_equal_forms(n, chunk):
    q, k, v = qkv(n)
    weights = ((F.elu(q) + 1) @ (F.elu(k) + 1).mT).tril()
    quadratic = weights / weights.sum(-1, keepdim=True) @ v
    assert torch.allclose(linear_attention(q, k, v), quadratic, atol=1e-5)
    assert torch.allclose(chunked_linear_attention(q, k, v, chunk), quadratic, atol=1e-5)


@settings(max_examples=25, deadline=None)
@given(n=LENGTHS, chunk=PARTS)
def test_the_scan_and_its_chunks(n, chunk):
    q, k, v = qkv(n)
    log_keep = -torch.rand(2, 3, n, generator=torch.Generator().manual_seed(1))
    assert torch.allclose(scan(q, k, v, log_keep), chunked_scan(q, k, v, log_keep, chunk), atol=1e-4)


def test_with_one_decay_for_all_tokens_the_scan_is_a_convolution():
    n, keep = 12, 0.8
    v = torch.randn(n, 1)
    ones = torch.ones(n, 1)
    kernel = keep ** torch.arange(n)
    convolved = torch.stack([(kernel[: t + 1].flip(0) * v[: t + 1, 0]).sum() for t in range(n)])
    assert torch.allclose(scan(ones, ones, v, torch.full((n,), keep).log())[:, 0], convolved, atol=1e-5)


def test_a_fast_fading_state_does_not_overflow():
    q, k, v = qkv(64)
    assert chunked_scan(q, k, v, torch.full((2, 3, 64), -50.0)).isfinite().all()


@pytest.mark.parametrize("make", [lambda: StateSpace(8, 4, chunk=3), lambda: LatentAttention(8, 2, 3)])
def test_layers_do_not_see_the_future(make):
    torch.manual_seed(0)
    module = make()

    def layer(x):
        output = module(x)
        return output if isinstance(output, torch.Tensor) else output[0]

    x = torch.randn(2, 10, 8)
    changed = x.clone()
    changed[:, 6:] += 1
    assert torch.allclose(layer(x)[:, :6], layer(changed)[:, :6], atol=1e-6)


def test_latent_attention_by_its_two_roads_and_with_a_cache():
    torch.manual_seed(0)
    layer, x = LatentAttention(16, 4, 6), torch.randn(2, 9, 16)
    whole, latents = layer(x)
    assert latents.shape == (2, 9, 6)
    assert torch.allclose(whole, layer.absorbed(x)[0], atol=1e-5)
    _, cache = layer(x[:, :5])
    later, cache = layer(x[:, 5:], cache)
    assert torch.allclose(later, whole[:, 5:], atol=1e-5)
    assert torch.allclose(cache, latents, atol=1e-6)
    with pytest.raises(CourseError, match="3 heads"):
        LatentAttention(16, 3, 6)


def test_numbers_in_the_cache():
    assert cached_numbers(8, 16, "multi-head") == 256
    assert cached_numbers(8, 16, "grouped", n_kv_heads=2) == 64
    assert cached_numbers(8, 16, "multi-query") == 32
    assert cached_numbers(8, 16, "latent", d_latent=48) == 48
    with pytest.raises(CourseError, match="'none' is unknown"):
        cached_numbers(8, 16, "none")


def test_keys_and_values_of_full_rank_are_kept():
    w_k, w_v = torch.randn(12, 12), torch.randn(12, 12)
    for mine, theirs in zip(low_rank_keys_and_values(w_k, w_v, 12), (w_k, w_v), strict=True):
        assert torch.allclose(mine, theirs, atol=1e-4)
    assert torch.linalg.matrix_rank(torch.cat(low_rank_keys_and_values(w_k, w_v, 3)), atol=1e-3) == 3


@pytest.mark.parametrize("k", [1, 2, 4])
def test_experts_against_a_loop_over_tokens(k):
    torch.manual_seed(0)
    layer, x = Experts(6, 8, 4, k), torch.randn(3, 5, 6)
    output = layer(x)
    for token, mine in zip(x.flatten(0, 1), output.flatten(0, 1), strict=True):
        shares = layer.router(token).softmax(-1)
        best = shares.topk(k).indices.tolist()
        assert torch.allclose(mine, sum(shares[i] * layer.experts[i](token) for i in best), atol=1e-5)
    assert sum(layer.load) == pytest.approx(1)
    assert layer.active_parameters == 24 + k * (6 * 8 + 8 + 8 * 6 + 6)
    with pytest.raises(CourseError, match="k=5"):
        Experts(6, 8, 4, 5)


def test_the_balance_loss_between_even_and_collapsed():
    even = torch.full((8, 4), 0.25)
    assert balance_loss(even, torch.arange(8)[:, None] % 4).item() == pytest.approx(1)
    collapsed = torch.tensor([[1.0, 0.0, 0.0, 0.0]] * 8)
    assert balance_loss(collapsed, torch.zeros(8, 1, dtype=torch.long)).item() == pytest.approx(4)
