"""Exact attention that never holds the matrix of weights: the softmax is put together block by block.

For each query three things are kept: the largest score so far, the sum of the powers so far, and the sum of the values
weighted by those powers. When a later block has a larger score, what was summed before shrinks by a common factor.

Milakov and Gimelshein (2018), Online normalizer calculation for softmax; Dao et al. (2022), FlashAttention.
"""

import math

import torch
from jaxtyping import Float
from torch import Tensor

from llmcourse.errors import CourseError
from llmcourse.model.attention import attention_scores
from llmcourse.model.masks import causal_mask


def online_softmax_step(
    largest: Float[Tensor, "*batch query"],
    total: Float[Tensor, "*batch query"],
    summed: Float[Tensor, "*batch query d_value"],
    scores: Float[Tensor, "*batch query key"],
    v: Float[Tensor, "*batch key d_value"],
) -> tuple[Float[Tensor, "*batch query"], Float[Tensor, "*batch query"], Float[Tensor, "*batch query d_value"]]:
    """Take in one more block of keys: (largest score, sum of powers, weighted sum of values), before and after.

    Begin with -inf, 0 and 0. At the end, `summed / total` is the output of attention. In each block every query needs
    one score above -inf.
    """
    new_largest = torch.maximum(largest, scores.amax(dim=-1))
    shrink = (largest - new_largest).exp()  # at the first block exp(-inf) = 0
    powers = (scores - new_largest[..., None]).exp()
    return new_largest, shrink * total + powers.sum(dim=-1), shrink[..., None] * summed + powers @ v


def chunked_attention(
    q: Float[Tensor, "*batch position d_head"],
    k: Float[Tensor, "*batch position d_head"],
    v: Float[Tensor, "*batch position d_value"],
    block: int = 128,
) -> Float[Tensor, "*batch position d_value"]:
    """Causal attention, equal to the plain formula, with no more than block · block scores at a time.

    Blocks of keys that lie wholly after a block of queries are not computed. Raises CourseError for an empty block.
    """
    if block < 1:
        raise CourseError(f"block={block} must be 1 or more")
    n = q.shape[-2]
    z = torch.empty_like(v)
    for start in range(0, n, block):
        queries = q[..., start : start + block, :]
        largest = queries.new_full(queries.shape[:-1], -math.inf)
        total = torch.zeros_like(largest)
        summed = torch.zeros_like(v[..., start : start + block, :])
        for key in range(0, start + 1, block):
            scores = attention_scores(queries, k[..., key : key + block, :])
            if key == start:  # on the diagonal, where some keys lie after some queries
                scores = scores.masked_fill(~causal_mask(scores.shape[-1], device=q.device), -math.inf)
            largest, total, summed = online_softmax_step(largest, total, summed, scores, v[..., key : key + block, :])
        z[..., start : start + block, :] = summed / total[..., None]
    return z
