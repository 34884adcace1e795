"""Optimizers, and which parameters get which.

Weight decay pulls a weight towards zero unless the data holds against it. That makes sense for matrices; a norm's gain
wants to be near one, a bias costs nothing, and the embedding of a rare word would fade while the word is away.

Papers: AdamW, Loshchilov and Hutter 2019, "Decoupled Weight Decay Regularization"; Muon, Jordan et al. 2024, which
makes the update of a matrix turn all directions equally.

In fine-tuning the layers may learn at different rates: those near the words, which any task can use, more slowly than
those near the answer. Howard and Ruder 2018, "Universal Language Model Fine-tuning for Text Classification", 3.2.
"""

import re
from typing import Any

import torch
from torch import nn
from torch.optim import Optimizer

from llmcourse.errors import CourseError
from llmcourse.training.config import TrainConfig


def make_optimizers(model: nn.Module, config: TrainConfig) -> list[Optimizer]:
    """AdamW for every parameter; with `optimizer="muon"`, Muon for the matrices inside the blocks.

    With a `layer_decay` below 1 there is a group of parameters for each depth, with a learning rate of its own.
    Raises CourseError when every parameter is frozen.
    """
    matrices, others = split_parameters(model)
    if not matrices and not others:
        raise CourseError("every parameter of this model is frozen, and nothing would be learned: unfreeze a part")
    muon_matrices = []
    if config.optimizer == "muon":
        inside_blocks = {id(p) for name, p in model.named_parameters() if "blocks." in name}
        muon_matrices = [p for p in matrices if id(p) in inside_blocks]
        matrices = [p for p in matrices if id(p) not in inside_blocks]
    optimizers: list[Optimizer] = []
    groups = [
        *by_depth(model, matrices, config, weight_decay=config.weight_decay),
        *by_depth(model, others, config, weight_decay=0.0),
    ]
    if groups:
        # One fused kernel updates all parameters of a group: four times faster than a loop over them, on CPU too.
        optimizers.append(torch.optim.AdamW(groups, lr=config.lr, betas=config.betas, fused=True))
    if muon_matrices:
        groups = by_depth(model, muon_matrices, config)
        optimizers.append(make_muon(groups, lr=config.muon_lr, weight_decay=config.weight_decay))
    for optimizer in optimizers:
        for group in optimizer.param_groups:
            group["peak_lr"] = group["lr"] * group["multiplier"]
    return optimizers


def by_depth(
    model: nn.Module, parameters: list[nn.Parameter], config: TrainConfig, **settings: Any
) -> list[dict[str, Any]]:
    """The parameters in groups whose learning rate is to be multiplied by the same number, the fastest first."""
    multipliers = {id(p): layer_rate(name, model, config.layer_decay) for name, p in model.named_parameters()}
    rates = sorted({multipliers[id(p)] for p in parameters}, reverse=True)
    return [
        {"params": [p for p in parameters if multipliers[id(p)] == rate], "multiplier": rate, **settings}
        for rate in rates
    ]


def layer_rate(name: str, model: nn.Module, decay: int | float) -> float:
    """How fast the parameter of this name learns, as a share of the full rate.

    What stands above the blocks (a task's head, the last norm, the unembedding) learns at the full rate, the last
    block `decay` times as fast, the block below it `decay` times that; the embeddings, below all, are the slowest.
    """
    n_layers: int = model.config.n_layers if decay != 1 else 0  # type: ignore[union-attr, assignment]
    block = re.search(r"(?:^|\.)blocks\.(\d+)\.", name)
    if block:
        below_top = n_layers - int(block[1])
    else:
        is_embedding = re.search(r"(^|[._])embeddings?(_norm)?\.", name)
        below_top = n_layers + 1 if is_embedding else 0
    return float(decay) ** below_top


def split_parameters(model: nn.Module) -> tuple[list[nn.Parameter], list[nn.Parameter]]:
    """(matrices, which decay; norms, biases and embeddings, which do not). Frozen parameters are in neither."""
    matrices: list[nn.Parameter] = []
    others: list[nn.Parameter] = []
    for name, parameter in model.named_parameters():
        is_embedding = re.search(r"(^|[._])embeddings?\.", name)  # but not the "unembedding", which is a projection
        if parameter.requires_grad:
            (others if parameter.ndim < 2 or is_embedding else matrices).append(parameter)
    return matrices, others


def make_muon(matrices: list[nn.Parameter] | list[dict[str, Any]], **settings: Any) -> Optimizer:
    if not hasattr(torch.optim, "Muon"):
        raise CourseError(f"PyTorch {torch.__version__} has no Muon: install 2.9 or newer, or choose optimizer='adamw'")
    return torch.optim.Muon(matrices, **settings)


def set_learning_rate(optimizers: list[Optimizer], multiplier: float) -> None:
    """Every group gets its peak learning rate times what the schedule says."""
    for optimizer in optimizers:
        for group in optimizer.param_groups:
            group["lr"] = group["peak_lr"] * multiplier
