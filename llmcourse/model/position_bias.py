"""Position as a bias on the scores: nothing is added to the vectors, and nothing turned; near keys just score higher.

A bias has one number for each head, query and key. It is computed once and used by every layer.
"""

import math

import torch
from jaxtyping import Float, Int
from torch import Tensor, nn

from llmcourse.errors import CourseError
from llmcourse.model.config import ModelConfig
from llmcourse.model.positions import table_device


def distances(n_queries: int, n_keys: int, device: torch.device | str | None = None) -> Int[Tensor, "query key"]:
    """How far each key lies behind each query (negative: ahead of it). The queries are the last of the keys.

    Raises CourseError for more queries than keys.
    """
    if n_queries > n_keys:
        raise CourseError(f"{n_queries} queries cannot be the last of {n_keys} keys")
    key = torch.arange(n_keys, device=device)
    query = torch.arange(n_keys - n_queries, n_keys, device=device)
    return query[:, None] - key


def alibi_slopes(n_heads: int) -> Float[Tensor, "head"]:
    """How fast each head's interest fades with distance: a geometric series, from short-sighted heads to far-sighted.

    For 8 heads: 1/2, 1/4, …, 1/256. Where n_heads is no power of two, the series of the next lower power is filled up
    with every other slope of the next higher one, as in the authors' own code. Raises CourseError for no heads.
    """
    if n_heads < 1:
        raise CourseError(f"{n_heads} heads have no slopes: there must be one head or more")
    power = 2 ** math.floor(math.log2(n_heads))
    slopes = [2 ** (-8 * (head + 1) / power) for head in range(power)]
    between = [2 ** (-4 * (head + 1) / power) for head in range(0, 2 * power, 2)]
    return torch.tensor(slopes + between[: n_heads - power], device=table_device())


def alibi_bias(slopes: Float[Tensor, "head"], n: int, n_keys: int | None = None) -> Float[Tensor, "head {n} key"]:
    """What is added to the scores of `n` queries: minus the distance, times the slope of the head.

    With `n_keys` above `n`, the queries are the *last* n of n_keys positions, as when the earlier keys are in a cache.
    """
    away = distances(n, n if n_keys is None else n_keys, slopes.device).abs()  # query key
    return -slopes[:, None, None] * away


class ALiBi(nn.Module):
    """A penalty that grows in proportion to the distance; nothing is learned, and no distance is too long.

    Press, Smith and Lewis (2022), Train Short, Test Long: Attention with Linear Biases.
    """

    slopes: Tensor

    def __init__(self, n_heads: int):
        super().__init__()
        self.register_buffer("slopes", alibi_slopes(n_heads), persistent=False)

    def forward(self, n_queries: int, n_keys: int) -> Float[Tensor, "head query key"]:
        return alibi_bias(self.slopes, n_queries, n_keys)


def relative_buckets(
    distance: Int[Tensor, "query key"], is_causal: bool, n_buckets: int = 32, far: int = 128
) -> Int[Tensor, "query key"]:
    """The bucket of each distance: small distances have one each, larger ones share, more of them the farther away.

    In a bidirectional model half of the buckets are for keys ahead. Beyond `far` all distances share the last bucket.
    Raises CourseError for too few buckets.
    """
    if n_buckets < (2 if is_causal else 4) or n_buckets % 2 or far < n_buckets:
        raise CourseError(
            f"{n_buckets} buckets up to a distance of {far}: take an even number, 4 or more, and no more than that"
        )
    bucket = torch.zeros_like(distance)
    if is_causal:
        away = distance.clamp(min=0)
    else:
        n_buckets //= 2
        bucket = n_buckets * (distance < 0)
        away = distance.abs()
    exact = n_buckets // 2  # distances below this have a bucket of their own
    # From `exact` to `far` in equal steps of the logarithm.
    growth = torch.log(away.clamp(min=1).float() / exact) / math.log(far / exact)
    shared = exact + (growth * (n_buckets - exact)).long().clamp(max=n_buckets - exact - 1)
    return bucket + torch.where(away < exact, away, shared)


class RelativeBias(nn.Module):
    """A learned number for each bucket of distances and each head: T5's only knowledge of positions.

    Raffel et al. (2020), Exploring the Limits of Transfer Learning with a Unified Text-to-Text Transformer, 2.1.
    """

    def __init__(self, n_heads: int, is_causal: bool, n_buckets: int = 32, far: int = 128):
        super().__init__()
        self.weight = nn.Parameter(torch.zeros(n_buckets, n_heads))
        self.is_causal, self.n_buckets, self.far = is_causal, n_buckets, far

    def forward(self, n_queries: int, n_keys: int) -> Float[Tensor, "head query key"]:
        away = distances(n_queries, n_keys, self.weight.device)
        buckets = relative_buckets(away, self.is_causal, self.n_buckets, self.far)
        return self.weight[buckets].permute(2, 0, 1)


def make_position_bias(config: ModelConfig, is_causal: bool = True) -> ALiBi | RelativeBias | None:
    """What is added to the scores; None where positions are known in another way, or not at all."""
    if config.positions == "alibi":
        return ALiBi(config.n_heads)
    if config.positions == "relative":
        return RelativeBias(config.n_heads, is_causal, config.n_buckets, config.bucket_far)
    return None
