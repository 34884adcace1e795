"""PyTorch's own multi-head attention, taken apart into ours.

`torch.nn.MultiheadAttention` keeps the matrices of queries, keys and values as one tall matrix, `in_proj_weight`: the
rows of the queries first, then the keys', then the values'. Cut into three, it is what we have.
"""

import torch
from torch import nn

from llmcourse.errors import CourseError
from llmcourse.model.attention import MultiHeadAttention
from llmcourse.model.config import ModelConfig


@torch.no_grad()
def from_torch(theirs: nn.MultiheadAttention, is_causal: bool = False, is_cross: bool = False) -> MultiHeadAttention:
    """Our layer with PyTorch's weights: on the same input, both give the same output.

    Raises CourseError for a layer with options that ours has not: keys of another width, or an extra key.
    """
    if theirs.in_proj_weight is None or theirs.bias_k is not None or theirs.add_zero_attn:
        raise CourseError("this layer has kdim, vdim, add_bias_kv or add_zero_attn set, for which ours has no weights")
    has_bias = theirs.in_proj_bias is not None
    config = ModelConfig(
        vocab_size=1,  # no tokens here
        d_model=theirs.embed_dim,
        n_heads=theirs.num_heads,
        positions="none",
        bias=has_bias,
        dropout=theirs.dropout,
    )
    ours = MultiHeadAttention(config, is_causal, is_cross).to(theirs.in_proj_weight)
    parts = (ours.w_q, ours.w_k, ours.w_v)
    for part, weight in zip(parts, theirs.in_proj_weight.chunk(3), strict=True):
        part.weight.copy_(weight)
    ours.w_o.weight.copy_(theirs.out_proj.weight)
    if has_bias:
        for part, bias in zip(parts, theirs.in_proj_bias.chunk(3), strict=True):
            part.bias.copy_(bias)
        ours.w_o.bias.copy_(theirs.out_proj.bias)
    return ours.train(theirs.training)
