"""Snapshots of a model while it trains: to go back to any moment of its youth and ask what it knew then."""

from collections.abc import Iterable

from torch import Tensor

from llmcourse.errors import CourseError
from llmcourse.model import GPT
from llmcourse.training.callbacks import Callback
from llmcourse.training.run import History, Run


class Snapshots(Callback):
    """Keep a copy of the weights in memory every `every` steps, of the untrained model, and of the final one.

    `also`: further steps, where more happens. A model of 0.7M parameters takes 3 MB a snapshot.
    """

    def __init__(self, every: int = 50, also: Iterable[int] = ()):
        if every < 1:
            raise CourseError(f"snapshots every {every} steps cannot be: at least 1")
        self.every, self.also = every, frozenset(also)
        self.weights: dict[int, dict[str, Tensor]] = {}

    def on_start(self, run: Run) -> None:
        self.run, self.model = run, run.model
        self.keep(run.step)

    def on_step(self, step: int, loss: float, lr: float, grad_norm: float) -> None:
        if step % self.every == 0 or step in self.also:
            self.keep(step)

    def on_end(self, history: History) -> None:
        self.keep(self.run.step)  # also of a run that was stopped

    def keep(self, step: int) -> None:
        self.weights[step] = {name: value.detach().clone() for name, value in self.model.state_dict().items()}

    @property
    def steps(self) -> list[int]:
        """The steps of which there is a snapshot."""
        return sorted(self.weights)

    def model_at(self, step: int) -> GPT:
        """A model as it was after this step. Raises CourseError for a step without a snapshot."""
        if step not in self.weights:
            raise CourseError(f"there is no snapshot of step {step}; the nearest is {nearest(step, self.steps)}")
        model = GPT(self.model.config)  # type: ignore[arg-type]
        model.load_state_dict(self.weights[step])
        return model.to(next(self.model.parameters()).device).eval()


def nearest(step: int, steps: list[int]) -> str:
    """The step that lies nearest, in words."""
    return f"{min(steps, key=lambda other: abs(other - step))}" if steps else "none yet: train first"
