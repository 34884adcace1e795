"""One step of training, and nothing around it: what the loop in loop.py repeats, in five lines."""

from torch import nn
from torch.optim import Optimizer

from llmcourse.training.batches import Batch
from llmcourse.training.loss import causal_lm_loss


def training_step(model: nn.Module, optimizer: Optimizer, batch: Batch, clip: int | float = 1.0) -> float:
    """Improve the model a little on one batch; returns the batch's loss before the step, in nats per token."""
    loss = causal_lm_loss(model(batch.ids), batch.targets)
    loss.backward()  # how much each parameter adds to the loss
    nn.utils.clip_grad_norm_(model.parameters(), clip)
    optimizer.step()  # move each parameter a little against its gradient
    optimizer.zero_grad()  # backward() adds to what is there
    return loss.item()
