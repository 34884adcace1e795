"""Training while one watches: the loss on its way down to the floor, and samples as they improve.

`LivePlot` and `LiveSamples` are callbacks for `train(…, callbacks=[…])`. Each keeps one output in the cell and
redraws it in place; what is stored in the notebook is the last picture, with words that do not depend on the run.
"""

import time
from collections.abc import Callable, Mapping
from typing import Any

from IPython import get_ipython
from IPython.display import DisplayHandle, display
from matplotlib.figure import Figure

from llmcourse.progress import someone_watches
from llmcourse.viz.plots import loss_curve
from llmcourse.viz.style import Picture

MOST_TIME = 0.05  # the share of the training time that redrawing may take


class LiveOutput:
    """One output of a cell that can be shown again and again in its place. Silent outside of IPython."""

    def __init__(self) -> None:
        self._handle: DisplayHandle | None = None

    def show(self, value: Any) -> None:
        if self._handle is not None:
            self._handle.update(value)
        elif get_ipython() is not None:
            self._handle = display(value, display_id=True)


class LivePlot:
    """The loss curve, redrawn while the model trains.

    floor:          the loss that no model can go below, in nats per token
    baseline:       a loss to beat, such as that of guessing by word frequency
    every:          redraw after so many steps, though never so often that it would slow training down noticeably
    gradient_norms: draw the size of the gradients below
    log:            a logarithmic axis, so that the last tenth above the floor can be seen as well as the first fall
    alt:            words for the final picture, the same whatever the run brings
    """

    def __init__(
        self,
        floor: float | None = None,
        baseline: float | None = None,
        every: int = 25,
        *,
        gradient_norms: bool = False,
        log: bool = False,
        alt: str | None = None,
        clock: Callable[[], float] = time.perf_counter,
    ):
        self.floor, self.baseline, self.every = floor, baseline, every
        self.training: list[tuple[int, float]] = []
        self.validation: list[tuple[int, float]] = []
        self.norms: list[tuple[int, float]] | None = [] if gradient_norms else None
        self.alt = alt or curve_alt(floor is not None, baseline is not None, gradient_norms)
        self._log = log
        self._clock = clock
        self._output = LiveOutput()
        self._pause_until = float("-inf")

    def on_start(self, run: Any = None) -> None:
        history = getattr(run, "history", None)
        if history is not None:  # a resumed run has a past
            self.training = list(enumerate(history.losses, start=1))
            self.validation = list(history.validation)
            if self.norms is not None:
                self.norms = list(enumerate(history.grad_norms, start=1))
        self._redraw()

    def on_step(self, step: int, loss: float, lr: float = 0.0, grad_norm: float = 0.0) -> None:
        self.training.append((step, loss))
        if self.norms is not None:
            self.norms.append((step, grad_norm))
        if step % self.every == 0 and someone_watches() and self._clock() >= self._pause_until:
            self._redraw()

    def on_eval(self, step: int, validation_loss: float) -> None:
        self.validation.append((step, validation_loss))

    def on_end(self, history: Any = None) -> None:
        self._output.show(Picture.of(self.figure(), self.alt))

    def figure(self) -> Figure:
        """The curve so far."""
        title = curve_title(self.training, self.validation, self.floor)
        return loss_curve(
            self.training,
            self.validation,
            title=title,
            floor=self.floor,
            baseline=self.baseline,
            gradient_norms=self.norms,
            log=self._log,
        )

    def _redraw(self) -> None:
        """A quick picture; the next one waits until training has had its share of the time."""
        started = self._clock()
        self._output.show(Picture.of(self.figure(), self.alt, pixel_ratio=1.0, colours=64))
        now = self._clock()
        self._pause_until = now + (now - started) / MOST_TIME


def plot_history(
    history: Any,
    floor: float | None = None,
    baseline: float | None = None,
    *,
    title: str | None = None,
    gradient_norms: bool = False,
    marks: Mapping[int, str] | None = None,
) -> Figure:
    """The loss curve of a finished run, for `show(figure, alt=…)`; `marks` point out steps: {310: "it copies"}."""
    training = list(enumerate(history.losses, start=1))
    norms = list(enumerate(history.grad_norms, start=1)) if gradient_norms else None
    title = title or curve_title(training, history.validation, floor)
    return loss_curve(
        training, history.validation, title=title, floor=floor, baseline=baseline, gradient_norms=norms, marks=marks
    )


def curve_title(training: list[tuple[int, float]], validation: list[tuple[int, float]], floor: float | None) -> str:
    """What the curve says so far: "Step 600: validation loss 0.26, 7% above the floor"."""
    if not training and not validation:
        return "Training has not begun"
    what, (step, loss) = ("validation loss", validation[-1]) if validation else ("training loss", training[-1])
    above = "" if not floor else f", {loss / floor - 1:.0%} above the floor"
    return f"Step {step:,}: {what} {loss:.3f}{above}"


def curve_alt(floor: bool, baseline: bool, gradient_norms: bool) -> str:
    """What can be said of any such picture."""
    lines = ["training loss of each step as a thin line", "validation loss as a line with dots"]
    lines += ["the entropy floor as a dashed line"] if floor else []
    lines += ["a baseline as a dotted line"] if baseline else []
    below = " Below it the norm of the gradient at each step." if gradient_norms else ""
    return f"Loss in nats per token against training step: {', '.join(lines[:-1])} and {lines[-1]}.{below}"
