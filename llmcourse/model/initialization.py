"""The weights that a model starts with. Too small, and nothing gets through; too large, and it shouts before it knows.

A matrix gets random numbers of size 1/√inputs, so that its outputs are about as large as its inputs. Those that write
into the residual stream get smaller ones the more of them there are, so that the sum of all their outputs has the same
size at any depth (GPT-2), or zeros (`zero_init_outputs`), so that the untrained model is an embedding and an
unembedding with nothing between.

Embeddings start large. Words that are used alike are moved alike by every step, and what they have in common soon
outgrows a small start: the model then knows that a word is a job, and not which one. The unembedding starts as a faint
copy of the embedding, so that what attention fetches is already half-way to being said. With `copy_init` a head's
output projection starts as half of its value projection turned round: what the one takes apart the other puts together,
and a head that learns where to look can copy from there at once. BERT's last layer before the unembedding then starts
as the identity, or what was fetched would be mixed up just before it is said.
"""

import math
from typing import Any

import torch
from torch import Tensor

from llmcourse.model.attention import MultiHeadAttention
from llmcourse.model.config import ModelConfig

OUTPUT_PROJECTIONS = ("attention.w_o.weight", "feedforward.down.weight")  # what writes into the residual stream


@torch.no_grad()
def initialize(model: Any, seed: int | None = None) -> None:
    """Set all weights of a GPT, BERT or EncoderDecoder anew: the same seed gives the same weights on every device."""
    generator = None if seed is None else torch.Generator().manual_seed(seed)
    config: ModelConfig = model.config
    if model.token_embedding.weight.is_meta:  # a model of shapes without numbers, to count or to fill from a file
        return
    for name, parameter in model.named_parameters():
        if name.endswith("bias") or "position_bias" in name:  # at first no distance is preferred
            parameter.zero_()
        elif parameter.ndim == 1:  # the scale of a norm
            parameter.fill_(1.0)
        elif name.endswith(OUTPUT_PROJECTIONS) and config.zero_init_outputs:
            parameter.zero_()
        else:
            noise = torch.randn(parameter.shape, generator=generator, device="cpu")
            parameter.copy_(noise * initial_size(name, parameter, config, model.token_embedding.scale))
    if not config.tie_embeddings:
        model.unembedding.weight.copy_(0.02 * model.token_embedding.scale * model.token_embedding.weight)
    if config.copy_init:
        for module in model.modules():
            if isinstance(module, MultiHeadAttention):
                module.start_by_copying()
        if hasattr(model, "head"):  # of BERT: it begins by passing on what it is given
            model.head.transform.weight.copy_(torch.eye(config.d_model))


def initial_size(name: str, parameter: Tensor, config: ModelConfig, embedding_scale: float) -> float:
    """The standard deviation of a matrix's first weights. What embeddings are multiplied by later they start below."""
    writes_logits = name.startswith("unembedding") or ("embedding" in name and config.tie_embeddings)
    if writes_logits:
        return 0.02
    if "embedding" in name:
        return 1 / embedding_scale
    size = parameter.shape[-1] ** -0.5
    if name.endswith("w_q.weight") and not config.scale_scores:  # what scores are not divided by, queries start below
        size /= math.sqrt(config.d_head)
    return size / math.sqrt(2 * config.n_layers) if name.endswith(OUTPUT_PROJECTIONS) else size
