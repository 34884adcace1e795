"""Our GPT's weights in the transformers library's GPT-2: to have the same text written by somebody else's code."""

from typing import Any

import torch
from torch import nn

from llmcourse.errors import CourseError
from llmcourse.model.gpt import GPT


def as_transformers_gpt2(model: GPT) -> Any:
    """A `GPT2LMHeadModel` with copies of the weights of `model`, which must be built as GPT-2 is (`GPT2_SMALL`).

    Raises CourseError when it is not, and when the transformers library is not installed.
    """
    try:
        from transformers import GPT2Config, GPT2LMHeadModel
    except ImportError:
        raise CourseError("the transformers library is not here: install it with pip install transformers") from None
    c = model.config
    found = (c.positions, c.norm, c.norm_position, c.activation, c.bias, c.tie_embeddings, c.qk_norm, c.kv_heads)
    if found != ("learned", "layernorm", "pre", "gelu_tanh", True, True, False, c.n_heads):
        raise CourseError("this model is not built as GPT-2 is: take dataclasses.replace(GPT2_SMALL, n_layers=…)")
    config = GPT2Config(
        vocab_size=c.vocab_size, n_positions=c.context, n_embd=c.d_model, n_layer=c.n_layers, n_head=c.n_heads,
        n_inner=c.ff_width,
        bos_token_id=None, eos_token_id=None,  # no token ends a text, unless `generate` is told
    )  # fmt: skip
    with torch.random.fork_rng(devices=[]):  # its own first weights shall not move the dice
        theirs = GPT2LMHeadModel(config).eval()
    with torch.no_grad():
        body = theirs.transformer
        body.wte.weight.copy_(model.token_embedding.weight)
        body.wpe.weight.copy_(model.get_submodule("position_embedding").weight)
        copy(model.final_norm, body.ln_f)
        for block, layer in zip(model.blocks, body.h, strict=True):
            attention, feedforward = block.get_submodule("attention"), block.get_submodule("feedforward")
            copy(block.norm1, layer.ln_1)
            copy(block.norm2, layer.ln_2)
            for kind in ("weight", "bias"):
                three = torch.cat([attention.get_parameter(f"{name}.{kind}") for name in ("w_q", "w_k", "w_v")])
                getattr(layer.attn.c_attn, kind).copy_(three.T if kind == "weight" else three)  # theirs are (in, out)
            copy(attention.w_o, layer.attn.c_proj)
            copy(feedforward.up, layer.mlp.c_fc)
            copy(feedforward.down, layer.mlp.c_proj)
    return theirs


def copy(ours: Any, theirs: Any) -> None:
    """A norm or a linear layer."""
    theirs.weight.copy_(ours.weight.T if isinstance(ours, nn.Linear) else ours.weight)
    theirs.bias.copy_(ours.bias)
