"""A computation as a picture: every number in a box, arrows from parents to children, slopes on the arrows."""

from collections.abc import Mapping

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from llmcourse.errors import CourseError
from llmcourse.training.autograd import Value
from llmcourse.viz.style import COLOURS, INK, course_style, set_title

MOST_VALUES = 12  # more boxes cannot be read


def computation(values: Mapping[str, Value], *, title: str) -> Figure:
    """Named values of one computation, in the order in which they were computed, from left to right.

    A value stands one column to the right of its last parent. Raises CourseError when there are more than twelve, or a
    value's parent is not among them.
    """
    if not 0 < len(values) <= MOST_VALUES:
        raise CourseError(f"a picture of a computation has 1 to {MOST_VALUES} values, not {len(values)}")
    places = places_of(values)
    columns = 1 + max(x for x, _ in places.values())
    rows = 1 + max(y for _, y in places.values())
    with course_style():
        figure = Figure(figsize=(2.6 * columns + 0.6, 1.35 * rows + 1.1))
        ax = figure.subplots()
        for name, value in values.items():
            draw_arrows(ax, value, places)
            x, y = places[value]
            words = f"{name} = {value.data:g}\ngrad {value.grad:g}"
            box = {"boxstyle": "round,pad=0.45", "facecolor": "white", "edgecolor": INK, "linewidth": 1.6}
            ax.text(x, -y, words, ha="center", va="center", bbox=box, zorder=3)
        ax.set(xlim=(-0.5, columns - 0.5), ylim=(0.6 - rows, 0.6))
        ax.set_axis_off()
        set_title(figure, title)
    return figure


def places_of(values: Mapping[str, Value]) -> dict[Value, tuple[int, int]]:
    """(column, row) of each value: inputs on the left, whatever is computed of others to their right."""
    places: dict[Value, tuple[int, int]] = {}
    filled: dict[int, int] = {}
    for name, value in values.items():
        parents = [parent for parent, _ in value.parents]
        if not all(parent in places for parent in parents):
            raise CourseError(
                f"{name!r} was computed from a value that is not among those to draw: name it before {name!r}"
            )
        column = 1 + max((places[parent][0] for parent in parents), default=-1)
        places[value] = (column, filled.get(column, 0))
        filled[column] = filled.get(column, 0) + 1
    return places


def draw_arrows(ax: Axes, value: Value, places: Mapping[Value, tuple[int, int]]) -> None:
    """From each parent to the value, with the slope near the parent's end; a parent that is used twice has two."""
    x, y = places[value]
    seen: dict[Value, int] = {}
    for parent, slope in value.parents:
        bend = 0.25 * seen.get(parent, 0)
        seen[parent] = seen.get(parent, 0) + 1
        from_x, from_y = places[parent]
        style = f"arc3,rad={bend - (0.12 if value.parents.count((parent, slope)) > 1 else 0)}"
        arrow = {"arrowstyle": "-|>", "color": COLOURS["blue"], "lw": 2, "shrinkA": 34, "shrinkB": 38}
        ax.annotate("", (x, -y), (from_x, -from_y), arrowprops={**arrow, "connectionstyle": style})
        lift = 0.12 + (0.28 if bend else 0)
        middle = ((from_x + x) / 2, -(from_y + y) / 2 + (lift if from_y == y else 0.1))
        ax.text(*middle, f"× {slope:g}", ha="center", color=COLOURS["blue"], fontsize=12, fontweight="bold")
