"""The gradient of a batch, however it is computed: at once, in parts, in fewer bits, by one process or by many.

The loss of a batch is the mean over all its scored tokens. A mean of means would be another number wherever parts
differ in length. So each part sums its losses and divides by the count of the *whole* batch: the gradients of all
parts then add up to the whole batch's own.
"""

import warnings
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from itertools import pairwise
from typing import Any

import torch
from jaxtyping import Float
from torch import Tensor, nn

from llmcourse.training.batches import AnyBatch
from llmcourse.training.config import TrainConfig
from llmcourse.training.distributed import Team


def backward(model: nn.Module, batch: AnyBatch, config: TrainConfig, team: Team) -> Float[Tensor, ""]:
    """Leave the gradient of the batch's loss in the parameters; returns that loss, in nats per token.

    Each process of the team takes every so-manieth row, and takes them through the model in `config.accumulate` parts.
    """
    device = next(model.parameters()).device
    scored = batch.scored
    mine = batch.rows(team.rank, None, team.size).to(device)
    parts = list(in_parts(mine, config.accumulate))
    total = torch.zeros((), device=device)
    for number, part in enumerate(parts, start=1):
        with team.last_part(model, number == len(parts)):
            with autocast(device, config.precision):
                loss = part.nats(model) / scored
            (loss * team.size).backward()  # the team's engines take the mean over processes, and we want the sum
        total += loss.detach()
    return team.total(total)


def in_parts(batch: AnyBatch, count: int) -> Iterator[AnyBatch]:
    """The batch cut into at most `count` parts of about equally many rows."""
    n_rows = len(batch.targets)
    count = max(1, min(count, n_rows))
    edges = [number * n_rows // count for number in range(count + 1)]
    for start, end in pairwise(edges):
        yield batch.rows(start, end)


def autocast(device: torch.device, precision: str) -> AbstractContextManager:
    """Inside, matrix products take bfloat16 numbers (8 bits of exponent as float32 has, 8 of mantissa for its 24).

    Micikevicius et al. (2018), Mixed Precision Training; with bfloat16 no loss scaling is needed, for it can hold
    numbers as small as float32 can.
    """
    return torch.autocast(device.type, dtype=torch.bfloat16, enabled=precision == "bfloat16")


def compiled(model: nn.Module, example: AnyBatch) -> Any:
    """The model as one program, by torch.compile; or itself, with a warning that says why, where that does not work."""
    fast: Any = torch.compile(model, dynamic=True)
    try:
        with torch.no_grad():
            example.logits(fast)  # compiling happens at the first call
    except Exception as error:
        why = str(error).strip().partition("\n")[0] or type(error).__name__
        warnings.warn(f"torch.compile does not work here ({why}): training goes on without it", stacklevel=3)
        return model
    return fast


@contextmanager
def determinism(wanted: bool) -> Iterator[None]:
    """Inside, only operations that give the same bits on every run; they raise an error where there is no such one."""
    before = torch.are_deterministic_algorithms_enabled()
    torch.use_deterministic_algorithms(wanted or before)
    try:
        yield
    finally:
        torch.use_deterministic_algorithms(before)
