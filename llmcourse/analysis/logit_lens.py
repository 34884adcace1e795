"""The logit lens: what a model would say if it had to stop after each layer.

Every block adds to one stream, and at the end a norm and the unembedding read it. Nothing keeps us from reading
earlier: the same norm and unembedding, put behind each layer, show the guess as it takes shape.

nostalgebraist (2020), interpreting GPT: the logit lens; Belrose et al. (2023), Eliciting Latent Predictions from
Transformers with the Tuned Lens, on where this early reading misleads.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor

from llmcourse.errors import CourseError
from llmcourse.inference.generate import evaluating
from llmcourse.model import BERT, GPT, record


@torch.no_grad()
def logit_lens(model: GPT | BERT, ids: Int[Tensor, "batch position"]) -> Float[Tensor, "layer batch position vocab"]:
    """The logits after the embeddings (layer 0) and after each block; the last are the model's own.

    Raises CourseError for a model that is neither a GPT nor a BERT.
    """
    if not isinstance(model, GPT | BERT):
        raise CourseError(f"the logit lens reads a GPT or a BERT, not a {type(model).__name__}")
    with evaluating(model):
        return torch.stack([read(model, state) for state in stream(model, ids)])


@torch.no_grad()
def stream(model: GPT | BERT, ids: Int[Tensor, "batch position"]) -> Float[Tensor, "layer batch position d_model"]:
    """The residual stream after the embeddings and after each block."""
    with evaluating(model), record(model, "embeddings", "blocks.*.residual_out") as trace:
        model(ids)
    return torch.stack(list(trace.values()))


def read(model: GPT | BERT, state: Float[Tensor, "batch position d_model"]) -> Float[Tensor, "batch position vocab"]:
    """What the end of the model makes of the stream, wherever it was tapped."""
    x = model.final_norm(state)
    return model.unembedding(model.head(x) if isinstance(model, BERT) else x)
