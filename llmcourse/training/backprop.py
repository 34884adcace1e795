"""Backpropagation through one attention head, by hand.

Notation: the loss L is one number at the very end, and `d_x` stands for dL/dx, which has the shape of x. Each function
here takes `d_` of what a step put out, and returns `d_` of what went in.

A product y = a b hands back d_a = d_y bᵀ and d_b = aᵀ d_y; no other order of these letters has matching shapes. All of
this file is that rule, four times over, and the softmax between.

Paper: Rumelhart, Hinton and Williams 1986, "Learning Representations by Back-Propagating Errors"; Vaswani et al. 2017
for the head.
"""

import math

from jaxtyping import Bool, Float
from torch import Tensor

from llmcourse.errors import CourseError
from llmcourse.model.attention import scaled_dot_product_attention


def softmax_backward(
    d_weights: Float[Tensor, "*batch query key"], weights: Float[Tensor, "*batch query key"]
) -> Float[Tensor, "*batch query key"]:
    """The gradient in the scores, from the gradient in weights = softmax(scores), row by row.

    A key gains by how much better than the row's average it does, in proportion to its weight:
    d_s = w (d_w - Σ w d_w). Each row of the result sums to 0.
    """
    average = (weights * d_weights).sum(dim=-1, keepdim=True)
    return weights * (d_weights - average)


def attention_backward(
    d_output: Float[Tensor, "*batch query d_value"],
    q: Float[Tensor, "*batch query d_head"],
    k: Float[Tensor, "*batch key d_head"],
    v: Float[Tensor, "*batch key d_value"],
    mask: Bool[Tensor, "*#batch query key"] | None = None,
) -> tuple[
    Float[Tensor, "*batch query d_head"], Float[Tensor, "*batch key d_head"], Float[Tensor, "*batch key d_value"]
]:
    """(d_q, d_k, d_v) of softmax(q kᵀ / √d_head) v, from the gradient in its output. `mask` is True where allowed."""
    _, weights = scaled_dot_product_attention(q, k, v, mask)  # query key
    d_v = weights.mT @ d_output  # output = weights v
    d_weights = d_output @ v.mT
    d_scores = softmax_backward(d_weights, weights)  # a hidden key has the weight 0, and so this gradient too
    d_scores = d_scores / math.sqrt(q.shape[-1])
    return d_scores @ k, d_scores.mT @ q, d_v  # scores = q kᵀ


Matrix = Float[Tensor, "d_model d_head"]


def head(
    x: Float[Tensor, "position d_model"],
    w_q: Matrix,
    w_k: Matrix,
    w_v: Matrix,
    mask: Bool[Tensor, "position position"] | None = None,
) -> Float[Tensor, "position d_head"]:
    """One attention head: each token's vector becomes a query, a key and a value, and those attend."""
    output, _ = scaled_dot_product_attention(x @ w_q, x @ w_k, x @ w_v, mask)
    return output


def head_backward(
    d_output: Float[Tensor, "position d_head"],
    x: Float[Tensor, "position d_model"],
    w_q: Matrix,
    w_k: Matrix,
    w_v: Matrix,
    mask: Bool[Tensor, "position position"] | None = None,
) -> tuple[Float[Tensor, "position d_model"], Matrix, Matrix, Matrix]:
    """(d_x, d_w_q, d_w_k, d_w_v) of `head`. The tokens' vectors are used three times: three gradients add up.

    Raises CourseError when the gradient is not finite: everything behind it would be NaN as well.
    """
    if not d_output.isfinite().all():
        raise CourseError("the gradient that comes in holds NaN or infinity: look at the loss before you go back")
    d_q, d_k, d_v = attention_backward(d_output, x @ w_q, x @ w_k, x @ w_v, mask)
    d_x = d_q @ w_q.mT + d_k @ w_k.mT + d_v @ w_v.mT
    return d_x, x.mT @ d_q, x.mT @ d_k, x.mT @ d_v
