"""Small tasks on random symbols whose right answers, and whose limits, are known before anything is trained."""

from collections.abc import Callable
from typing import Any

import torch
from jaxtyping import Int
from torch import Tensor, nn

from llmcourse.errors import CourseError
from llmcourse.training.batches import Batch
from llmcourse.training.schedules import warmup_stable_decay

Draw = Callable[[torch.Generator], Any]  # draws a batch


def random_symbols(n_rows: int, generator: torch.Generator, length: int = 16, symbols: int = 10) -> Tensor:
    """Rows of symbols, every one equally likely: no model can predict the next one better than 1 in `symbols`."""
    return torch.randint(0, symbols, (n_rows, length), generator=generator)


def reversal(ids: Int[Tensor, "batch position"]) -> Batch:
    """The task to say, at each position, the symbol that stands at the same place counted from the end."""
    return Batch(ids, ids.flip(1))


def next_symbol(ids: Int[Tensor, "batch position"]) -> Batch:
    """The task of a language model: to say, at each position, the symbol after it."""
    return Batch(ids[:, :-1], ids[:, 1:])


def learn(
    model: nn.Module,
    draw: Draw,
    loss_of: Callable[[Any, Any], Tensor],
    steps: int = 300,
    lr: int | float = 4e-3,
    seed: int = 0,
) -> list[float]:
    """Train the model in place, on a new batch in each step; returns the losses. Chapter 10 opens this loop.

    `draw(generator)` makes a batch, `loss_of(model, batch)` says how wrong the model is on it. The seed decides what
    batches are drawn. Raises CourseError when there are no steps, and on a loss that is not a number.
    """
    if steps < 1:
        raise CourseError(f"steps={steps} must be 1 or more")
    optimizer = torch.optim.AdamW(model.parameters(), lr=lr, fused=True)
    generator = torch.Generator().manual_seed(seed)
    losses: list[float] = []
    model.train()
    for step in range(1, steps + 1):
        loss = loss_of(model, draw(generator))
        if not loss.isfinite():
            raise CourseError(f"the loss is {loss.item()} at step {step}: try a lower learning rate than {lr}")
        loss.backward()
        nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimizer.param_groups[0]["lr"] = lr * warmup_stable_decay(step, steps, warmup=0.08)
        optimizer.step()
        optimizer.zero_grad()
        losses.append(loss.item())
    model.eval()
    return losses
