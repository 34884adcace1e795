"""Heads: one wide vector per token, cut into several narrow ones, and put together again.

The heads of a layer are slices of one matrix. Nothing is computed here; the numbers only change their places, and the
order of the steps is what matters: first cut the *width*, then move the heads in front of the positions.
"""

from jaxtyping import Float
from torch import Tensor

from llmcourse.errors import CourseError


def split_heads(
    x: Float[Tensor, "batch position width"], n_heads: int
) -> Float[Tensor, "batch {n_heads} position d_head"]:
    """Cut the vector of every token into `n_heads` slices, and let each head have its slice of all tokens.

    Head h gets the dimensions h·d_head to (h+1)·d_head of each token. Raises CourseError when the width cannot be
    divided by the number of heads.
    """
    width = x.shape[-1]
    if n_heads < 1 or width % n_heads:
        raise CourseError(f"x of shape {tuple(x.shape)} is {width} wide, which {n_heads} heads cannot share equally")
    return x.unflatten(-1, (n_heads, width // n_heads)).transpose(1, 2)


def merge_heads(z: Float[Tensor, "batch head position d_head"]) -> Float[Tensor, "batch position width"]:
    """The inverse of `split_heads`: for every token, the slices of all heads side by side."""
    return z.transpose(1, 2).flatten(-2)


def repeat_heads(
    k: Float[Tensor, "batch kv_head key d_head"], n_heads: int
) -> Float[Tensor, "batch {n_heads} key d_head"]:
    """Let `n_heads` heads of queries share fewer heads of keys (or values): each serves a group of neighbours.

    With two heads of keys for four of queries, queries 0 and 1 use keys 0, queries 2 and 3 use keys 1: grouped-query
    attention (Ainslie et al., 2023, GQA). With one head of keys for all it is multi-query attention (Shazeer, 2019,
    Fast Transformer Decoding: One Write-Head is All You Need).

    Raises CourseError when the groups would not be equal.
    """
    kv_heads = k.shape[1]
    if n_heads % kv_heads:
        raise CourseError(f"{n_heads} heads cannot evenly share the {kv_heads} of k, whose shape is {tuple(k.shape)}")
    return k.repeat_interleave(n_heads // kv_heads, dim=1)
