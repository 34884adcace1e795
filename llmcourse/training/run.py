"""A training run: what it has done so far, and all that it needs to go on."""

from dataclasses import dataclass, field

import torch
from torch import Tensor, nn
from torch.optim import Optimizer

from llmcourse.errors import CourseError
from llmcourse.training.batches import Batches
from llmcourse.training.config import TrainConfig
from llmcourse.training.distributed import Team


@dataclass
class History:
    """What happened: one entry per step in each of the first lists, one per evaluation in `validation`."""

    losses: list[float] = field(default_factory=list)  # nats per token of each batch, before its step
    lrs: list[float] = field(default_factory=list)
    grad_norms: list[float] = field(default_factory=list)  # before clipping
    validation: list[tuple[int, float]] = field(default_factory=list)  # (step, nats per token)
    tokens: int = 0  # targets learned from
    seconds: float = 0.0
    interrupted: bool = False
    stopped_early: bool = False  # because nothing better was found for `config.patience` looks


@dataclass
class Run:
    """What callbacks are shown and checkpoints save."""

    model: nn.Module
    batches: Batches
    config: TrainConfig
    optimizers: list[Optimizer]
    history: History = field(default_factory=History)
    step: int = 0  # the number of the present step, or of the last one when none is under way
    team: Team = field(default_factory=Team.current)

    @property
    def progress(self) -> float:
        """How far the run has come, from 0 to 1, in steps or in time."""
        if self.config.seconds is not None:
            return self.history.seconds / self.config.seconds
        return self.step / (self.config.steps or 1)

    @property
    def out_of_patience(self) -> bool:
        """Whether the last `config.patience` evaluations were all no better than the best one before them."""
        losses, patience = [loss for _, loss in self.history.validation], self.config.patience
        return patience is not None and len(losses) > patience and min(losses[-patience:]) >= min(losses[:-patience])

    @property
    def between_steps(self) -> bool:
        """False in the middle of a step, when some weights may be newer than others."""
        return self.step == len(self.history.losses)


class TrainingDiverged(CourseError):
    """The loss or its gradient is not a number any more. `step` says when, `history` what went before."""

    def __init__(self, step: int, batch: str, what: str, history: History):
        super().__init__(
            f"{what} at step {step}, {batch}: training stopped, and the model has its last good weights again; "
            "try a lower learning rate or a longer warm-up"
        )
        self.step = step
        self.history = history


class LastGoodWeights:
    """A copy of the newest weights that gave a finite loss.

    A step that is too large shows only in the *next* loss; by then the weights before it would be gone.
    """

    def __init__(self, model: nn.Module):
        self.parameters = list(model.parameters())
        self.copies = [p.detach().clone() for p in self.parameters]

    @torch.no_grad()
    def check(self, run: Run, loss: Tensor, grad_norm: Tensor) -> None:
        """Keep weights whose loss is finite, else put the kept ones back. Raises TrainingDiverged."""
        if loss.isfinite():
            for copy, parameter in zip(self.copies, self.parameters, strict=True):
                copy.copy_(parameter)
            if grad_norm.isfinite():
                return
        for copy, parameter in zip(self.copies, self.parameters, strict=True):
            parameter.copy_(copy)
            parameter.grad = None
        what = f"the loss is {loss.item()}" if not loss.isfinite() else f"the gradient's norm is {grad_norm.item()}"
        raise TrainingDiverged(run.step, run.batches.last, what, run.history)
