"""What is left after each stage of a pipeline, and what each stage took away."""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from llmcourse.errors import CourseError
from llmcourse.viz.style import COLOURS, INK, course_style, set_title


class Step(NamedTuple):
    """One stage: how many it took away rightly, how many wrongly, and how many it left."""

    name: str
    rightly: int
    wrongly: int
    left: int


def waterfall(
    start: tuple[str, int],
    steps: Sequence[Step],
    *,
    title: str,
    label: str = "pages",
    parts: Mapping[str, Mapping[str, int]] | None = None,
) -> Figure:
    """Stages from top to bottom: a bar for what is left, and beside it, hatched, what the stage has just removed.

    `start` is the name and size of what there was at first. `parts` splits the bar of a stage (by its name) into named
    parts, the same for each; they are drawn in shades from the left. Raises CourseError when the numbers do not add up.
    """
    left = start[1]
    for step in steps:
        if step.left + step.rightly + step.wrongly != left or min(step[1:]) < 0:
            raise CourseError(f"after {step.name!r}: {left} less {step.rightly} and {step.wrongly} is not {step.left}")
        left = step.left
    rows = [Step(start[0], 0, 0, start[1]), *steps]
    with course_style():
        figure = Figure(figsize=(10, 1.7 + 0.52 * len(rows)))
        ax = figure.subplots()
        for row, step in enumerate(rows):
            draw_left(ax, row, step, (parts or {}).get(step.name))
            place = step.left
            for count, look in ((step.rightly, RIGHTLY), (step.wrongly, WRONGLY)):
                if count:
                    ax.barh(row, count, left=place, height=0.66, **look)
                    place += count
            removed = step.rightly + step.wrongly
            words = f"  {step.left:,}" + (f"   (−{removed:,})" if removed else "")
            ax.text(place, row, words, va="center", fontsize=12.5)
        handles = {text: handle for handle, text in zip(*ax.get_legend_handles_labels(), strict=True)}
        figure.legend(handles.values(), handles.keys(), loc="outside lower left", ncols=2)
        ax.set_yticks(range(len(rows)), [step.name for step in rows])
        ax.tick_params(axis="y", length=0)
        ax.set(ylim=(len(rows) - 0.5, -0.5), xlim=(0, 1.16 * max(1, start[1])), xlabel=label)
        ax.grid(axis="x")
        set_title(figure, title)
    return figure


LEFT: tuple[dict[str, Any], ...] = (
    {"facecolor": COLOURS["blue"], "edgecolor": "white"},
    {"facecolor": COLOURS["sky"], "edgecolor": "white", "hatch": "xx"},
    {"facecolor": "#c9ced3", "edgecolor": "white"},
    {"facecolor": COLOURS["orange"], "edgecolor": "white", "hatch": "++"},
)
RIGHTLY: dict[str, Any] = {"facecolor": "white", "edgecolor": INK, "hatch": "//", "label": "removed, rightly"}
WRONGLY: dict[str, Any] = {
    "facecolor": COLOURS["vermilion"],
    "edgecolor": INK,
    "hatch": "..",
    "label": "removed, wrongly",
}


def draw_left(ax: Axes, row: int, step: Step, parts: Mapping[str, int] | None) -> None:
    """The bar of what is left, whole or in its parts."""
    parts = parts or {"left": step.left}
    if sum(parts.values()) != step.left or len(parts) > len(LEFT):
        raise CourseError(f"the parts of {step.name!r} must sum to {step.left}, and be {len(LEFT)} at most")
    place = 0
    for (name, count), look in zip(parts.items(), LEFT, strict=False):
        ax.barh(row, count, left=place, height=0.66, label=name, **look)
        place += count
