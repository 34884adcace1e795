"""What all optimizers share: a list of parameters, a learning rate, and care about what comes in.

An optimizer of a kind says two things: what it remembers of each parameter (`fresh_memory`), and the new value that a
gradient leads to (`update`).
"""

from collections.abc import Iterable
from typing import Any

import torch
from torch import Tensor

from llmcourse.errors import CourseError

Memory = dict[str, Any]


class Optimizer:
    """Goes through the parameters and moves each by its own rule. `lr` may be changed between two steps.

    Raises CourseError for a negative learning rate and when there is nothing to optimize.
    """

    def __init__(self, parameters: Iterable[Tensor], lr: int | float):
        self.parameters = list(parameters)
        self.lr = at_least_zero("lr", lr)
        if not self.parameters:
            raise CourseError("there is nothing to optimize: the list of parameters is empty")
        self.memory: list[Memory] = [self.fresh_memory(parameter) for parameter in self.parameters]

    def fresh_memory(self, parameter: Tensor) -> Memory:
        """What it knows about a parameter before the first gradient."""
        return {}

    def update(self, weight: Tensor, gradient: Tensor, memory: Memory) -> Tensor:
        """The weight after this step; what has to be remembered for the next is put into `memory`."""
        raise NotImplementedError

    @torch.no_grad()
    def step(self) -> None:
        """Move every parameter that has a gradient.

        Raises CourseError, before anything moves, when none has one, or one holds NaN or infinity.
        """
        gradients = [parameter.grad for parameter in self.parameters]
        if all(gradient is None for gradient in gradients):
            raise CourseError("no parameter has a gradient: call loss.backward() before step()")
        for number, gradient in enumerate(gradients):
            if gradient is not None and not gradient.isfinite().all():
                raise CourseError(
                    f"the gradient of parameter {number}, shape {tuple(gradient.shape)}, holds NaN or infinity: "
                    "lower the learning rate, or look for the batch that did it"
                )
        for parameter, gradient, memory in zip(self.parameters, gradients, self.memory, strict=True):
            if gradient is not None:
                parameter.copy_(self.update(parameter, gradient, memory))

    def zero_grad(self) -> None:
        """Forget the gradients: `backward()` adds to what is there."""
        for parameter in self.parameters:
            parameter.grad = None


def at_least_zero(name: str, value: int | float) -> float:
    """The number, if it is one that may be used. NaN is not."""
    if not 0 <= value < float("inf"):
        raise CourseError(f"{name} must be a number of at least 0, but is {value}")
    return float(value)


def below_one(name: str, value: int | float) -> float:
    """A share of the past that is kept: 0 forgets at once, 1 would never forget."""
    if not 0 <= value < 1:
        raise CourseError(f"{name} must be at least 0 and below 1, but is {value}")
    return float(value)
