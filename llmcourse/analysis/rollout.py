"""Attention rollout: attention weights multiplied through the layers, as an account of where information comes from.

Each layer is taken for a mean: half of a token's new vector is its old one (the straight way), the other half is what
its heads attend to, all heads alike. Then the shares of the inputs in a vector of the last layer are a product of
matrices. It is quick, and it is an assumption: values, feed-forward layers and differences between heads are left out.

Abnar and Zuidema (2020), Quantifying Attention Flow in Transformers.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor

from llmcourse.errors import CourseError
from llmcourse.inference.generate import evaluating
from llmcourse.model import GPT, record


def attention_rollout(
    weights: Float[Tensor, "layer head query key"],
) -> Float[Tensor, "query key"]:
    """The share of each input (column) in each token of the last layer (row), if attention were all there is.

    A = (mean over heads + identity) / 2 in each layer; the rollout is A_last ... A_1 A_0. Rows sum to 1. Raises
    CourseError when queries and keys are not the same tokens.
    """
    n = weights.shape[-1]
    if weights.shape[-2] != n:
        raise CourseError(f"rollout needs square matrices, not {weights.shape[-2]} queries and {n} keys")
    rolled = torch.eye(n, dtype=weights.dtype, device=weights.device)
    for layer in weights.mean(dim=1):  # query key
        rolled = (layer + torch.eye(n, dtype=weights.dtype, device=weights.device)) / 2 @ rolled
    return rolled


@torch.no_grad()
def all_weights(model: GPT, ids: Int[Tensor, " position"]) -> Float[Tensor, "layer head query key"]:
    """Every attention weight of a model on one text."""
    with evaluating(model), record(model, "blocks.*.attention.weights") as trace:
        model(ids[None])
    return torch.cat(list(trace.values()))
