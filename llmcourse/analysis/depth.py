"""What depth does to numbers: how large the residual stream grows on the way up, and the gradient on the way down."""

import torch
import torch.nn.functional as F
from jaxtyping import Int
from torch import Tensor

from llmcourse.model import GPT, record


@torch.no_grad()
def stream_sizes(model: GPT, ids: Int[Tensor, "batch position"]) -> list[float]:
    """The size of the numbers in the residual stream (root mean square) before each block, and after the last one."""
    with record(model, "blocks.*.residual_in", "blocks.*.residual_out") as trace:
        model(ids)
    last = len(model.blocks) - 1
    names = [f"blocks.{layer}.residual_in" for layer in range(len(model.blocks))] + [f"blocks.{last}.residual_out"]
    return [trace[name].square().mean().sqrt().item() for name in names]


def gradient_norms(model: GPT, ids: Int[Tensor, "batch position"]) -> list[float]:
    """How long the gradient of each block's matrices is, for the loss of predicting each next token of `ids`.

    The model's weights stay as they are, and its gradients are forgotten.
    """
    logits = model(ids)
    F.cross_entropy(logits[:, :-1].flatten(0, 1), ids[:, 1:].flatten()).backward()
    norms = []
    for block in model.blocks:
        gradients = [p.grad.flatten() for p in block.parameters() if p.ndim == 2 and p.grad is not None]
        norms.append(torch.cat(gradients).norm().item())
    model.zero_grad(set_to_none=True)
    return norms
