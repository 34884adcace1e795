"""Callbacks: whoever wants to watch a training run, or to do something in between, without touching the loop."""

import json
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from llmcourse.errors import CourseError
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
            quiet=not run.team.leads,
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


class MetricsFile(Callback):
    """The same rows in a file that grows as the run goes on: one JSON object a line, readable at any moment.

    A resumed run goes on in the same file. What a killed run wrote after its last checkpoint is taken out, since those
    steps are taken again.
    """

    def __init__(self, path: str | Path):
        self.path = Path(path)

    def on_start(self, run: Run) -> None:
        self.row: dict[str, float] = {}
        self.writes = run.team.leads
        if not self.writes:
            return
        try:
            self.path.parent.mkdir(parents=True, exist_ok=True)
            lines = self.path.read_text(encoding="utf-8").splitlines() if run.step and self.path.exists() else []
            kept = [line for line in lines if step_of(line) <= run.step]
            self.path.write_text("".join(f"{line}\n" for line in kept), encoding="utf-8")
        except OSError as error:
            raise CourseError(f"cannot write {self.path}: {error.strerror}; choose another place") from None

    def on_step(self, step: int, loss: float, lr: float, grad_norm: float) -> None:
        self.write_row()
        self.row = {"step": step, "loss": loss, "lr": lr, "grad_norm": grad_norm}

    def on_eval(self, step: int, validation_loss: float) -> None:
        self.row["validation_loss"] = validation_loss

    def on_end(self, history: History) -> None:
        self.write_row()

    def write_row(self) -> None:
        """Write the row of the step before: only now is it known whether the step was followed by an evaluation."""
        if self.row and self.writes:
            with self.path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(self.row) + "\n")
        self.row = {}


def step_of(line: str) -> int | float:
    """The step of a row of metrics; infinity for a line that was cut off in the middle."""
    try:
        return json.loads(line)["step"]
    except (ValueError, KeyError, TypeError):
        return float("inf")


class TensorBoard(Callback):
    """The same rows for TensorBoard: `tensorboard --logdir FOLDER`. Raises CourseError where it is not installed."""

    def __init__(self, folder: str | Path):
        try:
            from torch.utils.tensorboard import SummaryWriter
        except ImportError:
            raise CourseError("TensorBoard is not installed: pip install tensorboard") from None
        self.make_writer = lambda step: SummaryWriter(str(folder), purge_step=step + 1)

    def on_start(self, run: Run) -> None:
        self.writer = self.make_writer(run.step) if run.team.leads else None

    def on_step(self, step: int, loss: float, lr: float, grad_norm: float) -> None:
        for name, value in (("loss/batch", loss), ("lr", lr), ("grad_norm", grad_norm)):
            self.add(name, value, step)

    def on_eval(self, step: int, validation_loss: float) -> None:
        self.add("loss/validation", validation_loss, step)

    def on_end(self, history: History) -> None:
        if self.writer is not None:
            self.writer.close()

    def add(self, name: str, value: float, step: int) -> None:
        if self.writer is not None:
            self.writer.add_scalar(name, value, step)
