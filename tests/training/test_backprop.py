"""The hand-made backward pass, against two witnesses: autograd and finite differences."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from llmcourse.errors import CourseError
from llmcourse.model import causal_mask, scaled_dot_product_attention
from llmcourse.training.backprop import attention_backward, head, head_backward, softmax_backward
from llmcourse.training.gradient_check import finite_differences


def draw(*shape, seed=0):
    return torch.randn(shape, dtype=torch.float64, generator=torch.Generator().manual_seed(seed))


def head_inputs(n, d_model=5, d_head=3, seed=0):
    return [draw(n, d_model, seed=seed)] + [draw(d_model, d_head, seed=seed + i) for i in (1, 2, 3)]


@given(st.integers(1, 6), st.integers(1, 6), st.integers(1, 4), st.booleans(), st.integers(0, 99))
def test_attention_backward_is_autograd(n_queries, n_keys, width, batched, seed):
    lead = (2, 3) if batched else ()
    q, k, v = (
        draw(*lead, n_queries, 4, seed=seed),
        draw(*lead, n_keys, 4, seed=seed + 1),
        draw(*lead, n_keys, width, seed=seed + 2),
    )
    mask = torch.rand(n_queries, n_keys, generator=torch.Generator().manual_seed(seed)) < 0.7
    d_output = draw(*lead, n_queries, width, seed=seed + 3)
    leaves = [tensor.clone().requires_grad_() for tensor in (q, k, v)]
    output, _ = scaled_dot_product_attention(*leaves, mask)
    output.backward(d_output)
    for ours, leaf in zip(attention_backward(d_output, q, k, v, mask), leaves, strict=True):
        torch.testing.assert_close(ours, leaf.grad.nan_to_num(), atol=1e-10, rtol=1e-8)


@settings(max_examples=15)
@given(st.integers(1, 5), st.booleans(), st.integers(0, 99))
def test_head_backward_is_autograd_and_finite_differences(n, causal, seed):
    inputs, d_output, mask = head_inputs(n, seed=seed), draw(n, 3, seed=seed + 9), causal_mask(n) if causal else None
    leaves = [tensor.clone().requires_grad_() for tensor in inputs]
    (head(*leaves, mask) * d_output).sum().backward()
    for place, ours in enumerate(head_backward(d_output, *inputs, mask)):
        torch.testing.assert_close(ours, leaves[place].grad, atol=1e-10, rtol=1e-8)

        def loss(tensor, place=place):
            return (head(*[tensor if i == place else x for i, x in enumerate(inputs)], mask) * d_output).sum()

        torch.testing.assert_close(ours, finite_differences(loss, inputs[place]), atol=1e-6, rtol=1e-5)


def test_a_hidden_key_gets_no_gradient():
    q, k, v, d_output = (draw(4, 3, seed=i) for i in range(4))
    d_output[1:] = 0  # only the first query matters, and it sees only the first key
    _, d_k, d_v = attention_backward(d_output, q, k, v, causal_mask(4))
    assert not d_k[1:].any() and not d_v[1:].any()


@given(st.integers(1, 5), st.integers(1, 5), st.floats(-1e3, 1e3), st.integers(0, 99))
def test_wanting_all_keys_alike_moves_no_score(n_queries, n_keys, wanted, seed):
    weights = draw(n_queries, n_keys, seed=seed).softmax(-1)
    assert softmax_backward(torch.full_like(weights, wanted), weights).abs().max() < 1e-9 * max(1, abs(wanted))


@given(st.integers(1, 5), st.integers(1, 5), st.integers(0, 99))
def test_every_row_of_the_softmax_gradient_sums_to_zero(n_queries, n_keys, seed):
    weights = draw(n_queries, n_keys, seed=seed).softmax(-1)
    assert softmax_backward(draw(n_queries, n_keys, seed=seed + 1), weights).sum(-1).abs().max() < 1e-12


def test_bad_input_is_one_clear_line():
    with pytest.raises(CourseError, match="holds NaN or infinity"):
        head_backward(torch.full((2, 3), torch.nan, dtype=torch.float64), *head_inputs(2))
    with pytest.raises(CourseError, match="need float64"):
        finite_differences(torch.sum, torch.ones(2))
    with pytest.raises(CourseError, match="more than 0"):
        finite_differences(torch.sum, torch.ones(2).double(), step=0.0)


def test_finite_differences_of_a_parabola_are_exact():
    x = draw(3, 2)
    torch.testing.assert_close(finite_differences(lambda w: (w**2).sum(), x), 2 * x, atol=1e-8, rtol=1e-8)
