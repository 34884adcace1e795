"""Tokens per second against the batch, below the two bounds that the machine sets."""

from collections.abc import Mapping, Sequence

from matplotlib.figure import Figure
from matplotlib.ticker import LogLocator, NullLocator, ScalarFormatter

from llmcourse.analysis.roofline import Machine, StepCost
from llmcourse.errors import CourseError
from llmcourse.viz.style import COLOURS, INK, QUIET, course_style, set_title


def roofline(
    costs: Sequence[StepCost], machine: Machine, measured: Mapping[str, Sequence[tuple[int, float]]], *, title: str
) -> Figure:
    """The bound at each batch size of `costs` as a line, and measured (batch, tokens per second) as points.

    Raises CourseError without costs, or for more than three measured series.
    """
    if not costs or len(measured) > 3:
        raise CourseError("a roofline needs a cost for at least one batch, and at most three measured series")
    batches = [cost.batch for cost in costs]
    memory = [cost.batch * machine.bandwidth / cost.bytes for cost in costs]
    arithmetic = [cost.batch * machine.flops / cost.flops for cost in costs]
    with course_style():
        figure = Figure(figsize=(10, 5.4))
        ax = figure.subplots()
        ax.plot(batches, memory, color=QUIET, linestyle="--", label="bound of the memory")
        ax.plot(batches, arithmetic, color=QUIET, linestyle=":", label="bound of the arithmetic")
        roof = [min(pair) for pair in zip(memory, arithmetic, strict=True)]
        ax.plot(batches, roof, color=INK, linewidth=3.2, label="the roof: the lower of the two")
        looks = (("blue", "o"), ("vermilion", "s"), ("green", "^"))
        for (name, points), (colour, marker) in zip(measured.items(), looks, strict=False):
            ax.plot(
                *zip(*points, strict=True), color=COLOURS[colour], marker=marker, markersize=9, linewidth=1, label=name
            )
        ax.set_xscale("log", base=2)
        ax.set_yscale("log")
        low = min([*roof, *(y for points in measured.values() for _, y in points)])
        ax.set_ylim(0.6 * low, 4 * max(roof))
        ax.xaxis.set_major_formatter(ScalarFormatter())
        ax.set_xticks(batches, [f"{batch}" for batch in batches])
        ax.xaxis.set_minor_locator(NullLocator())
        ax.yaxis.set_major_locator(LogLocator(subs=(1.0, 2.0, 5.0)))
        ax.yaxis.set_major_formatter(ScalarFormatter())
        ax.yaxis.set_minor_locator(NullLocator())
        ax.set(xlabel="texts in the batch", ylabel="tokens per second, all texts")
        ax.grid()
        figure.legend(loc="outside lower left", ncols=2)
        set_title(figure, title)
    return figure
