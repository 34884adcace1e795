import math
from collections.abc import Callable
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from llmcourse.model import (
    GPT,
    ModelConfig,
    MultiHeadAttention,
    attention_scores,
    attention_weights,
    causal_mask,
    record,
    scaled_dot_product_attention,
)
from model.strategies import settings_of_models


def random_mask(*shape: int) -> torch.Tensor:
    """Some keys are allowed and some not; the first query may attend to nothing."""
    mask = torch.rand(*shape) < 0.6
    mask[..., 0, :] = False
    return mask


def test_by_hand() -> None:
    """Two tokens, two dimensions: the example that can be followed with pencil and paper."""
    q = torch.tensor([[[1.0, 0.0], [0.0, 2.0]]])
    k = torch.tensor([[[1.0, 0.0], [0.0, 1.0]]])
    v = torch.tensor([[[10.0, 0.0], [0.0, 10.0]]])
    output, weights = scaled_dot_product_attention(q, k, v)
    near = math.exp(1 / math.sqrt(2)) / (math.exp(1 / math.sqrt(2)) + 1)
    sure = math.exp(2 / math.sqrt(2)) / (math.exp(2 / math.sqrt(2)) + 1)
    torch.testing.assert_close(weights, torch.tensor([[[near, 1 - near], [1 - sure, sure]]]))
    torch.testing.assert_close(output, weights * 10)


@given(
    batch=st.integers(1, 2),
    n_queries=st.integers(1, 6),
    n_keys=st.integers(1, 6),
    scale=st.sampled_from([0.1, 1.0, 30.0]),
    seed=st.integers(0, 99),
)
def test_weights_are_shares_and_masked_ones_exactly_zero(
    batch: int, n_queries: int, n_keys: int, scale: float, seed: int
) -> None:
    torch.manual_seed(seed)
    q, k, v = (torch.randn(batch, 2, n, 4) * scale for n in (n_queries, n_keys, n_keys))
    mask = random_mask(batch, 1, n_queries, n_keys)
    output, weights = scaled_dot_product_attention(q, k, v, mask)
    assert (weights >= 0).all()
    assert (weights[~mask.expand_as(weights)] == 0).all()
    has_keys = mask.any(-1).expand(weights.shape[:-1])
    torch.testing.assert_close(weights.sum(-1), has_keys.float())  # rows sum to 1; rows without any key to 0
    assert (output[~has_keys] == 0).all()
    theirs = F.scaled_dot_product_attention(q, k, v, attn_mask=mask)
    torch.testing.assert_close(output, theirs, atol=1e-5, rtol=1e-5)


def test_gradients_are_finite_and_pytorchs_with_rows_of_padding() -> None:
    torch.manual_seed(0)
    mask = random_mask(2, 1, 5, 5)
    ours = [torch.randn(2, 3, 5, 4, requires_grad=True) for _ in range(3)]
    theirs = [x.detach().clone().requires_grad_() for x in ours]
    scaled_dot_product_attention(*ours, mask=mask)[0].square().sum().backward()
    F.scaled_dot_product_attention(*theirs, attn_mask=mask).square().sum().backward()
    for mine, other in zip(ours, theirs, strict=True):
        assert mine.grad is not None
        assert mine.grad.isfinite().all()
        torch.testing.assert_close(mine.grad, other.grad, atol=1e-5, rtol=1e-4)


def test_no_overflow_for_huge_scores() -> None:
    weights = attention_weights(torch.tensor([[1e30, -1e30, 0.0]]))
    assert torch.equal(weights, torch.tensor([[1.0, 0.0, 0.0]]))


def test_scores_of_any_width_have_the_same_size() -> None:
    torch.manual_seed(0)
    for d_head in (4, 64, 256):
        scores = attention_scores(torch.randn(500, d_head), torch.randn(500, d_head))
        assert scores.std().item() == pytest.approx(1, abs=0.1)


def test_causal_mask() -> None:
    assert causal_mask(3).tolist() == [[True, False, False], [True, True, False], [True, True, True]]
    assert causal_mask(2, 4).tolist() == [[True, True, True, False], [True, True, True, True]]
    assert torch.equal(causal_mask(3, 7), causal_mask(7)[-3:])


@settings(max_examples=40)
@given(chosen=settings_of_models(), n=st.integers(1, 16), masked=st.booleans())
def test_both_paths_give_the_same(make_model: Callable[..., GPT], chosen: dict[str, Any], n: int, masked: bool) -> None:
    model = make_model(**chosen)
    ids = torch.randint(0, 23, (2, n))
    mask = random_mask(2, n, n) if masked else None
    fast = model(ids, mask)
    for block in model.blocks:
        block.attention.path = "explicit"
    explicit = model(ids, mask)
    assert fast.isfinite().all()
    torch.testing.assert_close(fast, explicit, atol=1e-5, rtol=1e-5)


def test_both_paths_give_the_same_gradients(make_model: Callable[..., GPT]) -> None:
    model = make_model(n_kv_heads=2, qk_norm=True)
    gradients = []
    for path in ("auto", "explicit"):
        for block in model.blocks:
            block.attention.path = path
        model.zero_grad()
        model(torch.arange(12)[None]).logsumexp(-1).sum().backward()
        gradients.append([parameter.grad.clone() for parameter in model.parameters()])
    for fast, explicit in zip(*gradients, strict=True):
        torch.testing.assert_close(fast, explicit, atol=1e-4, rtol=1e-4)


def test_one_head_is_the_formula() -> None:
    torch.manual_seed(0)
    attention = MultiHeadAttention(ModelConfig(vocab_size=9, d_model=8, n_heads=1, positions="none"))
    x = torch.randn(2, 5, 8)
    z, _ = scaled_dot_product_attention(attention.w_q(x), attention.w_k(x), attention.w_v(x), causal_mask(5))
    torch.testing.assert_close(attention(x), attention.w_o(z), atol=1e-6, rtol=1e-5)


def test_grouped_queries_are_full_attention_with_repeated_keys_and_values(make_model: Callable[..., GPT]) -> None:
    grouped, full = make_model(n_kv_heads=2, bias=True), make_model(bias=True)
    weights = grouped.state_dict()
    for name in list(weights):
        if ".w_k." in name or ".w_v." in name:  # each of 2 heads of 4 rows serves 2 neighbouring heads of queries
            weights[name] = weights[name].unflatten(0, (2, 4)).repeat_interleave(2, dim=0).flatten(0, 1)
    full.load_state_dict(weights)
    ids = torch.arange(10)[None]
    torch.testing.assert_close(grouped(ids), full(ids), atol=1e-5, rtol=1e-5)


def test_heads_do_not_disturb_each_other(make_model: Callable[..., GPT]) -> None:
    model = make_model(n_layers=1)
    ids = torch.arange(8)[None]
    with record(model, "*.z") as before:
        model(ids)
    with torch.no_grad():
        model.blocks[0].attention.w_q.weight[4:8] += 1  # the queries of head 1
    with record(model, "*.z") as after:
        model(ids)
    changed = (before["blocks.0.attention.z"] != after["blocks.0.attention.z"]).any(-1).any(-1)[0]
    assert changed.tolist() == [False, True, False, False]


def test_query_key_norm_bounds_the_scores(make_model: Callable[..., GPT]) -> None:
    for qk_norm in (True, False):
        model = make_model(qk_norm=qk_norm).initialize(0)
        with torch.no_grad():
            model.blocks[0].attention.w_q.weight.mul_(1e4)
        with record(model, "blocks.0.attention.scores") as trace:
            model(torch.arange(8)[None])
        bound = math.sqrt(model.config.d_head)  # the product of two vectors of length √d_head, over √d_head
        assert (trace["blocks.0.attention.scores"].abs().max() <= bound + 1e-4) == qk_norm


@pytest.mark.parametrize("path", ["auto", "explicit"])
def test_dropout_drops_weights_in_training_only(path: str) -> None:
    torch.manual_seed(0)
    attention = MultiHeadAttention(ModelConfig(vocab_size=9, d_model=8, n_heads=2, dropout=0.5))
    attention.path = path
    x = torch.randn(1, 6, 8)
    assert not torch.equal(attention(x), attention(x))
    attention.eval()
    assert torch.equal(attention(x), attention(x))
