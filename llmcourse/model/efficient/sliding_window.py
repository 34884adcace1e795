"""Sliding-window attention: each token looks at itself and the few before it.

A mask alone saves nothing, since the forbidden scores are computed and thrown away. The banded form cuts the text into
blocks as long as the window. A query then needs the keys of its own block and of the one before, and no others.

Beltagy, Peters and Cohan (2020), Longformer: The Long-Document Transformer.
"""

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float
from torch import Tensor

from llmcourse.errors import CourseError
from llmcourse.model.attention import scaled_dot_product_attention


def window_mask(n: int, window: int, device: torch.device | str | None = None) -> Bool[Tensor, "query key"]:
    """True where a token may look: at itself and the `window - 1` tokens before it.

    Raises CourseError for a window that holds nothing.
    """
    if window < 1:
        raise CourseError(f"a window of {window} tokens hides even the token itself: take 1 or more")
    position = torch.arange(n, device=device)
    back = position[:, None] - position  # how far the key lies behind the query
    return (back >= 0) & (back < window)


def sliding_window_attention(
    q: Float[Tensor, "*batch position d_head"],
    k: Float[Tensor, "*batch position d_head"],
    v: Float[Tensor, "*batch position d_value"],
    window: int,
) -> Float[Tensor, "*batch position d_value"]:
    """The same as attention under `window_mask`, with 2 · window scores for each query in place of all.

    Raises CourseError for a window that holds nothing.
    """
    n = q.shape[-2]
    allowed = window_mask(2 * window, window, q.device)[window:]  # the queries of a block; its keys and those before
    blocks = -(-n // window)
    missing = blocks * window - n

    def cut(x: Tensor) -> Tensor:  # *batch block window width
        return F.pad(x, (0, 0, 0, missing)).unflatten(-2, (blocks, window))

    def with_the_block_before(x: Tensor) -> Tensor:  # *batch block 2·window width
        here = cut(x)
        before = torch.cat([torch.zeros_like(here[..., :1, :, :]), here[..., :-1, :, :]], dim=-3)
        return torch.cat([before, here], dim=-2)

    first = torch.arange(blocks, device=q.device) == 0
    real = torch.arange(2 * window, device=q.device) >= window  # the first block has none before it
    mask = allowed & (~first[:, None, None] | real)  # block window 2·window
    z, _ = scaled_dot_product_attention(cut(q), with_the_block_before(k), with_the_block_before(v), mask)
    return z.flatten(-3, -2)[..., :n, :]
