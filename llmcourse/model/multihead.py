"""Multi-head attention as one function of its input and its four matrices.

`MultiHeadAttention` in attention.py does the same, and besides knows positions, a cache, dropout and a fast kernel.
"""

from jaxtyping import Bool, Float
from torch import Tensor

from llmcourse.model.attention import scaled_dot_product_attention
from llmcourse.model.heads import merge_heads, split_heads


def multi_head_attention(
    x: Float[Tensor, "batch position d_model"],
    w_q: Float[Tensor, "width d_model"],
    w_k: Float[Tensor, "width d_model"],
    w_v: Float[Tensor, "width d_model"],
    w_o: Float[Tensor, "d_model width"],
    n_heads: int,
    mask: Bool[Tensor, "*#batch #position position"] | None = None,
) -> Float[Tensor, "batch position d_model"]:
    """Project, split into heads, attend in each, put side by side, mix.

    Matrices are used as `nn.Linear` uses its weight: x @ w.T. `mask` is True where attention is allowed, in all heads.
    Vaswani et al. (2017), section 3.2.2.
    """
    q, k, v = (split_heads(x @ w.T, n_heads) for w in (w_q, w_k, w_v))  # batch head position d_head
    if mask is not None:
        mask = mask.unsqueeze(-3)  # one place for the heads, which all see the same
    z, _ = scaled_dot_product_attention(q, k, v, mask)
    return merge_heads(z) @ w_o.T
