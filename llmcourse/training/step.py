"""One step of training, and nothing around it: what the loop in loop.py repeats, in five lines."""

from typing import Any, Protocol, runtime_checkable

from torch import nn

from llmcourse.training.batches import Batch
from llmcourse.training.loss import causal_lm_loss


@runtime_checkable
class Steps(Protocol):
    """What a step asks of an optimizer: PyTorch's have it, and so has one of your own in ten lines."""

    def step(self) -> Any: ...
    def zero_grad(self) -> Any: ...


def training_step(model: nn.Module, optimizer: Steps, batch: Batch, clip: int | float = 1.0) -> float:
    """Improve the model a little on one batch; returns the batch's loss before the step, in nats per token."""
    loss = causal_lm_loss(model(batch.ids), batch.targets)
    loss.backward()  # how much each parameter adds to the loss
    nn.utils.clip_grad_norm_(model.parameters(), clip)
    optimizer.step()  # move each parameter a little against its gradient
    optimizer.zero_grad()  # backward() adds to what is there
    return loss.item()
