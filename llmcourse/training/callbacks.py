"""Callbacks: whoever wants to watch a training run, or to do something in between, without touching the loop."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any

from llmcourse.progress import progress_bar
from llmcourse.training.run import History, Run
from llmcourse.training.state import save_state


class Callback:
    """What the loop calls, and when. Write only the methods that you need; a subclass is welcome but not required."""

    def on_start(self, run: Run) -> None:
        """Before the first step, also of a resumed run."""

    def on_step(self, step: int, loss: float, lr: float, grad_norm: float) -> None:
        """After step number `step` (the first is 1); `loss` is that of its batch, before the update."""

    def on_eval(self, step: int, validation_loss: float) -> None:
        """After an evaluation on the validation documents."""

    def on_end(self, history: History) -> None:
        """At the end, whatever ended it: the last step, an interrupt or an error."""


def announce(callbacks: Iterable[Any], event: str, *details: Any) -> None:
    """Call the method named `event` of every callback that has one."""
    for callback in callbacks:
        method = getattr(callback, event, None)
        if method is not None:
            method(*details)


class ProgressBar(Callback):
    """A bar that fills as the run goes on, with the loss beside it. Silent where nobody watches (see progress.py)."""

    def on_start(self, run: Run) -> None:
        self.run = run
        in_steps = run.config.steps is not None
        self.bar = progress_bar(
            total=run.config.steps if in_steps else run.config.seconds,
            description="training",
            unit=" steps" if in_steps else " s",
            initial=run.step if in_steps else run.history.seconds,
            bar_format=None if in_steps else "{l_bar}{bar}| {n:.0f}/{total:.0f} s{postfix}",
        )

    def on_step(self, step: int, loss: float, lr: float, grad_norm: float) -> None:
        reached = step if self.run.config.steps is not None else min(self.run.history.seconds, self.bar.total or 0)
        self.bar.set_postfix_str(f"loss {loss:.3f}", refresh=False)
        self.bar.update(reached - self.bar.n)

    def on_end(self, history: History) -> None:
        self.bar.close()


class SaveCheckpoint(Callback):
    """Save the whole run to `path` every so many steps and at the end; `train(..., resume=path)` goes on from there.

    Each save replaces the one before it, and a kill at any moment leaves the newest complete one.
    """

    def __init__(self, path: str | Path, every: int = 100):
        self.path = Path(path)
        self.every = every

    def on_start(self, run: Run) -> None:
        self.run = run
        self.saved_step = run.step

    def on_step(self, step: int, loss: float, lr: float, grad_norm: float) -> None:
        if step % self.every == 0:
            self.save()

    def on_end(self, history: History) -> None:
        if self.run.step != self.saved_step and self.run.between_steps:
            self.save()

    def save(self) -> None:
        save_state(self.path, self.run)
        self.saved_step = self.run.step


class RecordMetrics(Callback):
    """Every step as one row of a table: step, loss, lr, grad_norm, and validation_loss where there is one."""

    def __init__(self) -> None:
        self.rows: list[dict[str, float]] = []

    def on_step(self, step: int, loss: float, lr: float, grad_norm: float) -> None:
        self.rows.append({"step": step, "loss": loss, "lr": lr, "grad_norm": grad_norm})

    def on_eval(self, step: int, validation_loss: float) -> None:
        self.rows[-1]["validation_loss"] = validation_loss
