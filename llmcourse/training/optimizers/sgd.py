"""Gradient descent, and a ball that rolls: SGD with momentum.

Plain descent steps straight against the gradient. In a long narrow valley that is nearly straight at the wall. With
momentum the steps add up to a velocity: what points now to one wall and now to the other cancels, what always points
down the valley grows, up to 1 / (1 - momentum) times.

Papers: Polyak 1964, "Some Methods of Speeding Up the Convergence of Iteration Methods"; Nesterov's variant in the form
of Sutskever et al. 2013, "On the Importance of Initialization and Momentum in Deep Learning".
"""

from collections.abc import Iterable

import torch
from jaxtyping import Float
from torch import Tensor

from llmcourse.errors import CourseError
from llmcourse.training.optimizers.base import Memory, Optimizer, at_least_zero

Number = int | float


def sgd_step(
    weight: Float[Tensor, "*shape"],
    gradient: Float[Tensor, "*shape"],
    velocity: Float[Tensor, "*shape"],
    lr: Number,
    momentum: Number = 0.0,
    nesterov: bool = False,
    weight_decay: Number = 0.0,
) -> tuple[Float[Tensor, "*shape"], Float[Tensor, "*shape"]]:
    """(new weight, new velocity). `nesterov` looks one step ahead: it adds the momentum that the next step has."""
    gradient = gradient + weight_decay * weight  # the slope of weight_decay/2 · weight², a penalty in the loss
    velocity = momentum * velocity + gradient
    direction = gradient + momentum * velocity if nesterov else velocity
    return weight - lr * direction, velocity


class SGD(Optimizer):
    """Stochastic gradient descent; the same steps as `torch.optim.SGD`."""

    def __init__(
        self,
        parameters: Iterable[Tensor],
        lr: Number,
        momentum: Number = 0.0,
        nesterov: bool = False,
        weight_decay: Number = 0.0,
    ):
        super().__init__(parameters, lr)
        self.momentum, self.nesterov = at_least_zero("momentum", momentum), nesterov
        self.weight_decay = at_least_zero("weight_decay", weight_decay)
        if nesterov and momentum == 0:
            raise CourseError("Nesterov looks ahead along the momentum: give momentum more than 0, or nesterov=False")

    def fresh_memory(self, parameter: Tensor) -> Memory:
        return {"velocity": torch.zeros_like(parameter)}

    def update(self, weight: Tensor, gradient: Tensor, memory: Memory) -> Tensor:
        weight, memory["velocity"] = sgd_step(
            weight, gradient, memory["velocity"], self.lr, self.momentum, self.nesterov, self.weight_decay
        )
        return weight
