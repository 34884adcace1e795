"""PyTorch's own block, `torch.nn.TransformerEncoderLayer`, taken apart into ours.

The same parts under other names: linear1 is `up`, linear2 is `down`, and the matrices of queries, keys and values lie
on top of each other in one tall `in_proj_weight`.
"""

import torch
import torch.nn.functional as F
from torch import Tensor, nn

from llmcourse.errors import CourseError
from llmcourse.model.block import Block
from llmcourse.model.config import Activation, ModelConfig


@torch.no_grad()
def block_from_torch(theirs: nn.TransformerEncoderLayer) -> Block:
    """Our block with PyTorch's weights: on the same input, both give the same output.

    Where PyTorch takes `src_key_padding_mask`, True for padding, ours takes `mask`, True for what may be seen.
    Raises CourseError for an activation other than relu and gelu.
    """
    weight = theirs.linear1.weight
    config = ModelConfig(
        vocab_size=1,  # no tokens here
        d_model=weight.shape[1],
        d_ff=weight.shape[0],
        n_heads=theirs.self_attn.num_heads,
        positions="none",
        norm="layernorm",
        norm_position="pre" if theirs.norm_first else "post",
        norm_eps=theirs.norm1.eps,
        activation=activation_of(theirs),
        bias=theirs.linear1.bias is not None,
        dropout=theirs.dropout.p,
    )
    block = Block(config, is_causal=False).to(weight)
    block.load_state_dict(renamed(theirs.state_dict()))
    return block.train(theirs.training)


def activation_of(theirs: nn.TransformerEncoderLayer) -> Activation:
    activation = theirs.activation
    if activation is F.relu or isinstance(activation, nn.ReLU):
        return "relu"
    if activation is F.gelu or (isinstance(activation, nn.GELU) and activation.approximate == "none"):
        return "gelu"
    raise CourseError(f"this layer's activation is {activation}: only relu and gelu can be taken over")


def renamed(weights: dict[str, Tensor]) -> dict[str, Tensor]:
    """The same tensors under our names. Whatever belongs to no known part keeps its name, and will be refused."""
    names = {
        "linear1": "feedforward.up",
        "linear2": "feedforward.down",
        "self_attn.out_proj": "attention.w_o",
    }
    ours: dict[str, Tensor] = {}
    for name, tensor in weights.items():
        part, _, kind = name.rpartition(".")
        if kind.startswith("in_proj_"):
            for which, rows in zip("qkv", tensor.chunk(3), strict=True):
                ours[f"attention.w_{which}.{kind.removeprefix('in_proj_')}"] = rows
        else:
            ours[f"{names.get(part, part)}.{kind}"] = tensor
    return ours
