"""What a step of training costs: memory by what it holds, and time. Measured on the model, not estimated."""

import copy
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from torch import Tensor, nn

from llmcourse.analysis.activation_memory import kept_bytes, measured_optimizer_bytes
from llmcourse.analysis.roofline import fastest
from llmcourse.training.config import TrainConfig
from llmcourse.training.distributed import Team
from llmcourse.training.gradients import backward
from llmcourse.training.optimizer import make_optimizers


@dataclass(frozen=True)
class TrainingCost:
    """Bytes that are held at the same time in a step of training, by what they are."""

    weights: int
    gradients: int  # one number for each trained parameter
    optimizer: int  # AdamW remembers two numbers for each
    activations: int  # what the forward pass keeps for the backward pass

    @property
    def total(self) -> int:
        return self.weights + self.gradients + self.optimizer + self.activations

    def megabytes(self) -> dict[str, float]:
        """The parts in millions of bytes."""
        return {name: bytes / 1e6 for name, bytes in vars(self).items()}


def training_cost(model: nn.Module, batch: Any) -> TrainingCost:
    """The memory of one AdamW step on this batch, taken by a copy of the model, which itself is left as it is."""
    model = copy.deepcopy(model).train()
    config = TrainConfig(steps=1)
    (optimizer,) = make_optimizers(model, config)
    activations = kept_bytes(lambda: backward(model, batch, config, Team.current()), model)
    gradients = sum(size(p.grad) for p in model.parameters() if p.grad is not None)
    optimizer.step()
    weights = sum(size(p) for p in model.parameters())
    return TrainingCost(weights, gradients, measured_optimizer_bytes([optimizer]), activations)


def size(tensor: Tensor) -> int:
    return tensor.numel() * tensor.element_size()


def seconds_per_step(
    model: nn.Module, batch: Any, repeats: int = 5, clock: Callable[[], float] = time.perf_counter
) -> float:
    """How long a step takes on this machine: the shortest of some, since neighbours can only make one longer."""
    model = copy.deepcopy(model).train()
    config = TrainConfig(steps=1)
    (optimizer,) = make_optimizers(model, config)

    def step() -> None:
        backward(model, batch, config, Team.current())
        optimizer.step()
        optimizer.zero_grad()

    return fastest(step, repeats, clock)  # the first one makes the optimizer's memory, and is not counted
