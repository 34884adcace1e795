"""What a step of training costs: memory by what it holds, and time. Measured on the model, not estimated."""

import copy
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn

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
    own = {tensor.untyped_storage().data_ptr() for tensor in [*model.parameters(), *model.buffers()]}
    kept: dict[int, int] = {}

    def keep(tensor: Tensor) -> Tensor:
        storage = tensor.untyped_storage()
        if storage.data_ptr() not in own:
            kept[storage.data_ptr()] = storage.nbytes()
        return tensor

    (optimizer,) = make_optimizers(model, config)
    with torch.autograd.graph.saved_tensors_hooks(keep, lambda tensor: tensor):
        backward(model, batch, config, Team.current())
    gradients = sum(size(p.grad) for p in model.parameters() if p.grad is not None)
    optimizer.step()
    states = [value for state in optimizer.state.values() for value in state.values()]
    remembered = sum(size(value) for value in states if isinstance(value, Tensor) and value.ndim > 0)
    return TrainingCost(sum(size(p) for p in model.parameters()), gradients, remembered, sum(kept.values()))


def size(tensor: Tensor) -> int:
    return tensor.numel() * tensor.element_size()


def seconds_per_step(
    model: nn.Module, batch: Any, repeats: int = 5, clock: Callable[[], float] = time.perf_counter
) -> float:
    """How long a step takes on this machine: the shortest of some, since neighbours can only make one longer."""
    model = copy.deepcopy(model).train()
    config = TrainConfig(steps=1)
    (optimizer,) = make_optimizers(model, config)
    times = []
    for _ in range(repeats + 1):  # the first one makes the optimizer's memory, and is not counted
        started = clock()
        backward(model, batch, config, Team.current())
        optimizer.step()
        optimizer.zero_grad()
        times.append(clock() - started)
    return min(times[1:])
