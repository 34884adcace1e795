"""Optimizers, and which parameters get which.

Weight decay pulls a weight towards zero unless the data holds against it. That makes sense for matrices; a norm's gain
wants to be near one, a bias costs nothing, and the embedding of a rare word would fade while the word is away.

Papers: AdamW, Loshchilov and Hutter 2019, "Decoupled Weight Decay Regularization"; Muon, Jordan et al. 2024, which
makes the update of a matrix turn all directions equally.
"""

import re
from typing import Any

import torch
from torch import nn
from torch.optim import Optimizer

from llmcourse.errors import CourseError
from llmcourse.training.config import TrainConfig


def make_optimizers(model: nn.Module, config: TrainConfig) -> list[Optimizer]:
    """AdamW for every parameter; with `optimizer="muon"`, Muon for the matrices inside the blocks."""
    matrices, others = split_parameters(model)
    muon_matrices = []
    if config.optimizer == "muon":
        inside_blocks = {id(p) for name, p in model.named_parameters() if "blocks." in name}
        muon_matrices = [p for p in matrices if id(p) in inside_blocks]
        matrices = [p for p in matrices if id(p) not in inside_blocks]
    groups: list[dict[str, Any]] = [
        {"params": matrices, "weight_decay": config.weight_decay},
        {"params": others, "weight_decay": 0.0},
    ]
    # One fused kernel updates all parameters of a group: four times faster than a loop over them, on CPU too.
    adamw = torch.optim.AdamW(
        [group for group in groups if group["params"]], lr=config.lr, betas=config.betas, fused=True
    )
    optimizers: list[Optimizer] = [adamw]
    if muon_matrices:
        optimizers.append(make_muon(muon_matrices, lr=config.muon_lr, weight_decay=config.weight_decay))
    for optimizer in optimizers:
        for group in optimizer.param_groups:
            group["peak_lr"] = group["lr"]
    return optimizers


def split_parameters(model: nn.Module) -> tuple[list[nn.Parameter], list[nn.Parameter]]:
    """(matrices, which decay; norms, biases and embeddings, which do not). Frozen parameters are in neither."""
    matrices: list[nn.Parameter] = []
    others: list[nn.Parameter] = []
    for name, parameter in model.named_parameters():
        is_embedding = re.search(r"(^|[._])embeddings?\.", name)  # but not the "unembedding", which is a projection
        if parameter.requires_grad:
            (others if parameter.ndim < 2 or is_embedding else matrices).append(parameter)
    return matrices, others


def make_muon(matrices: list[nn.Parameter], **settings: Any) -> Optimizer:
    if not hasattr(torch.optim, "Muon"):
        raise CourseError(f"PyTorch {torch.__version__} has no Muon: install 2.9 or newer, or choose optimizer='adamw'")
    return torch.optim.Muon(matrices, **settings)


def set_learning_rate(optimizers: list[Optimizer], multiplier: float) -> None:
    """Every group gets its peak learning rate times what the schedule says."""
    for optimizer in optimizers:
        for group in optimizer.param_groups:
            group["lr"] = group["peak_lr"] * multiplier
