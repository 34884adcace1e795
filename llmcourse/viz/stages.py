"""Values by stage: what each step of a pipeline did to one or more numbers."""

from collections.abc import Mapping

from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from llmcourse.errors import CourseError
from llmcourse.viz.curves import LOOKS
from llmcourse.viz.style import COLOURS, QUIET, course_style, set_title


def by_stage(
    series: Mapping[str, Mapping[str, int | float]],
    *,
    title: str,
    y: str,
    references: Mapping[str, int | float] | None = None,
    percent: bool = False,
) -> Figure:
    """A line through the stages for each of the series, all with the same stages in the same order.

    `references` are values to compare with: a floor, a baseline. `percent` writes the y axis in per cent.
    Raises CourseError when the stages differ.
    """
    stages = list(next(iter(series.values())))
    if any(list(values) != stages for values in series.values()):
        raise CourseError("every series needs the same stages, in the same order")
    with course_style():
        figure = Figure(figsize=(10, 4.8))
        ax = figure.subplots()
        ends = [values[stages[-1]] for values in series.values()]
        near = 0.06 * max([*(value for values in series.values() for value in values.values()), 1e-9])
        for (name, values), (colour, dashes, marker) in zip(series.items(), LOOKS, strict=False):
            ax.plot(stages, list(values.values()), label=name, color=COLOURS[colour], linestyle=dashes, marker=marker)
            last = f"{values[stages[-1]]:.0%}" if percent else f"{values[stages[-1]]:.2f}"
            end = values[stages[-1]]
            apart = [other for other in ends if 0 < abs(other - end) < near]  # two labels would cover each other
            height = -4 if not apart else 3 if end > apart[0] else -11
            ax.annotate(last, (len(stages) - 1, end), (9, height), textcoords="offset points", fontsize=13)
        for name, value in (references or {}).items():
            ax.axhline(value, color=QUIET, linestyle=(0, (2, 2)), linewidth=1.8, label=name)
        ax.set(ylabel=y, ylim=(0, None))
        ax.set_xticks(range(len(stages)), [stage.replace(" ", "\n") for stage in stages])
        ax.margins(x=0.07)
        ax.grid(axis="y")
        if percent:
            ax.yaxis.set_major_formatter(PercentFormatter(xmax=1, decimals=0))
        figure.legend(loc="outside lower left", ncols=3)
        set_title(figure, title)
    return figure
