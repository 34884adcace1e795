"""Cross-attention with one head, without a class around it: who writes asks, who was read answers.

Bahdanau, Cho and Bengio (2015) let a decoder look back at its source; Vaswani et al. (2017) made it this formula.
`MultiHeadAttention(config, is_cross=True)` is the same with several heads and an output projection.
"""

import math

import torch
from jaxtyping import Bool, Float
from torch import Tensor

from llmcourse.errors import CourseError


def cross_attention(
    x: Float[Tensor, "*batch query d_model"],
    memory: Float[Tensor, "*batch key d_memory"],
    w_q: Float[Tensor, "d_model d_head"],
    w_k: Float[Tensor, "d_memory d_head"],
    w_v: Float[Tensor, "d_memory d_value"],
    mask: Bool[Tensor, "*#batch #query key"] | None = None,
) -> tuple[Float[Tensor, "*batch query d_value"], Float[Tensor, "*batch query key"]]:
    """For each vector of `x`, a mean of what the vectors of `memory` have to tell; and the shares of that mean.

    `mask` is True where attention is allowed. A query that may look at nothing gets zeros.
    Raises CourseError when the widths do not fit.
    """
    if x.shape[-1] != len(w_q) or not memory.shape[-1] == len(w_k) == len(w_v):
        shapes = ", ".join(str(tuple(tensor.shape)) for tensor in (x, memory, w_q, w_k, w_v))
        raise CourseError(f"x must be as wide as w_q is high, and memory as w_k and w_v are; the shapes are {shapes}")
    q = x @ w_q  # the questions of those who write …
    k, v = memory @ w_k, memory @ w_v  # … and what the text that was read has to offer
    scores = q @ k.mT / math.sqrt(q.shape[-1])
    if mask is not None:
        scores = scores.masked_fill(~mask, -math.inf)
    weights = torch.nan_to_num(scores.softmax(dim=-1))  # 0/0, where a query may look at nothing
    return weights @ v, weights
