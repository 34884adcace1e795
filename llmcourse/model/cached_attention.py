"""One head of attention that reads a text in pieces, as one function: what a cache does, without the bookkeeping."""

import torch
from jaxtyping import Float
from torch import Tensor

from llmcourse.model.attention import causal_mask, scaled_dot_product_attention


def cached_attention(
    x: Float[Tensor, "position d_model"],
    w_q: Float[Tensor, "d_head d_model"],
    w_k: Float[Tensor, "d_head d_model"],
    w_v: Float[Tensor, "d_head d_model"],
    keys: Float[Tensor, "past d_head"],
    values: Float[Tensor, "past d_head"],
) -> tuple[Float[Tensor, "position d_head"], Float[Tensor, "key d_head"], Float[Tensor, "key d_head"]]:
    """The output at the new tokens `x`, and the keys and values of all tokens so far, old ones first.

    `keys` and `values` are those of the tokens before `x`; there may be none. Matrices are used as `nn.Linear` uses
    its weight: x @ w.T.
    """
    keys = torch.cat([keys, x @ w_k.T])
    values = torch.cat([values, x @ w_v.T])
    mask = causal_mask(len(x), len(keys), x.device)  # the queries are the last of the positions
    output, _ = scaled_dot_product_attention(x @ w_q.T, keys, values, mask)
    return output, keys, values
