"""Adam: every parameter gets a step length of its own.

Two running averages for each parameter: of its gradient (where to?) and of its gradient's square (how large is it
usually?). The step is the first divided by the root of the second, so it is about `lr` long where the gradient keeps
its sign, whatever its size, and short where it keeps changing it.

Both averages begin at 0 and are too small at first: after t steps they have seen only a share 1 - βᵗ of what they
average. Dividing by that share is the *bias correction*.

Weight decay: in Adam it is added to the gradient, and then divided by its root like all else, so that weights with
large gradients hardly decay. AdamW lets the weights themselves shrink, beside the step.

Papers: Kingma and Ba 2015, "Adam: A Method for Stochastic Optimization"; Loshchilov and Hutter 2019, "Decoupled Weight
Decay Regularization".
"""

from collections.abc import Iterable

import torch
from jaxtyping import Float
from torch import Tensor

from llmcourse.training.optimizers.base import Memory, Optimizer, at_least_zero, below_one

Number = int | float


def adamw_step(
    weight: Float[Tensor, "*shape"],
    gradient: Float[Tensor, "*shape"],
    mean: Float[Tensor, "*shape"],
    square: Float[Tensor, "*shape"],
    step: int,
    lr: Number = 1e-3,
    betas: tuple[Number, Number] = (0.9, 0.999),
    eps: Number = 1e-8,
    weight_decay: Number = 0.01,
) -> tuple[Float[Tensor, "*shape"], Float[Tensor, "*shape"], Float[Tensor, "*shape"]]:
    """(new weight, new mean, new square). `step` counts from 1; `mean` and `square` are those of the step before."""
    beta1, beta2 = betas
    mean = beta1 * mean + (1 - beta1) * gradient
    square = beta2 * square + (1 - beta2) * gradient**2
    usual_size = (square / (1 - beta2**step)).sqrt()
    direction = mean / (1 - beta1**step) / (usual_size + eps)
    return weight * (1 - lr * weight_decay) - lr * direction, mean, square


def adam_step(
    weight: Float[Tensor, "*shape"],
    gradient: Float[Tensor, "*shape"],
    mean: Float[Tensor, "*shape"],
    square: Float[Tensor, "*shape"],
    step: int,
    lr: Number = 1e-3,
    betas: tuple[Number, Number] = (0.9, 0.999),
    eps: Number = 1e-8,
    weight_decay: Number = 0.0,
) -> tuple[Float[Tensor, "*shape"], Float[Tensor, "*shape"], Float[Tensor, "*shape"]]:
    """The same, with the decay as a part of the gradient: what AdamW mended."""
    gradient = gradient + weight_decay * weight
    return adamw_step(weight, gradient, mean, square, step, lr, betas, eps, weight_decay=0.0)


class AdamW(Optimizer):
    """Adam with decoupled weight decay; the same steps as `torch.optim.AdamW`."""

    def __init__(
        self,
        parameters: Iterable[Tensor],
        lr: Number = 1e-3,
        betas: tuple[Number, Number] = (0.9, 0.999),
        eps: Number = 1e-8,
        weight_decay: Number = 0.01,
    ):
        super().__init__(parameters, lr)
        self.betas = (below_one("betas[0]", betas[0]), below_one("betas[1]", betas[1]))
        self.eps, self.weight_decay = at_least_zero("eps", eps), at_least_zero("weight_decay", weight_decay)

    rule = staticmethod(adamw_step)

    def fresh_memory(self, parameter: Tensor) -> Memory:
        return {"mean": torch.zeros_like(parameter), "square": torch.zeros_like(parameter), "step": 0}

    def update(self, weight: Tensor, gradient: Tensor, memory: Memory) -> Tensor:
        memory["step"] += 1  # each parameter counts its own: one that had no gradient has not begun
        weight, memory["mean"], memory["square"] = self.rule(
            weight,
            gradient,
            memory["mean"],
            memory["square"],
            memory["step"],
            self.lr,
            self.betas,
            self.eps,
            self.weight_decay,
        )
        return weight


class Adam(AdamW):
    """Adam as it was first published; the same steps as `torch.optim.Adam`."""

    rule = staticmethod(adam_step)

    def __init__(
        self,
        parameters: Iterable[Tensor],
        lr: Number = 1e-3,
        betas: tuple[Number, Number] = (0.9, 0.999),
        eps: Number = 1e-8,
        weight_decay: Number = 0.0,
    ):
        super().__init__(parameters, lr, betas, eps, weight_decay)
