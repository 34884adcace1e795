"""A circuit as a picture: tokens from left to right, layers from below to above, and a labelled arrow for each path.

And its test: how much is kept with it alone, and without it, beside other sets of heads.
"""

from collections.abc import Mapping, Sequence

from matplotlib.figure import Figure

from llmcourse.errors import CourseError
from llmcourse.viz.style import COLOURS, INK, QUIET, course_style, set_title

Number = int | float
Place = tuple[Number, Number]  # from the left, from below


def circuit_diagram(
    parts: Mapping[str, Place], paths: Sequence[tuple[str, str, str]], tokens: Mapping[str, Number], *, title: str
) -> Figure:
    """`parts`: boxes by name, with their places. `paths`: (from, to, what is said on the way). `tokens`: words under
    the boxes, with their places from the left. Raises CourseError for a path between parts that are not there."""
    if strangers := {name for path in paths for name in path[:2]} - set(parts):
        raise CourseError(f"a path needs two parts of the picture; there is no {sorted(strangers)[0]!r}")
    with course_style():
        figure = Figure(figsize=(10, 5.6))
        ax = figure.subplots()
        for start, end, label in paths:
            (x0, y0), (x1, y1) = parts[start], parts[end]
            upright = abs(x1 - x0) < 0.1  # then the label stands beside the arrow, which it would hide
            arrow = {"arrowstyle": "-|>", "color": COLOURS["blue"], "linewidth": 2.4, "shrinkA": 20}
            ax.annotate("", (x1, y1), (x0, y0), arrowprops=arrow | {"shrinkB": 20 if upright else 62})
            box = {"facecolor": "white", "edgecolor": "none", "pad": 1.5}
            middle = ((x0 + x1) / 2 + 0.08 * upright, (y0 + y1) / 2)
            ax.text(*middle, label, ha="left" if upright else "center", va="center", fontsize=13, bbox=box)
        for name, (x, y) in parts.items():
            box = {"boxstyle": "round,pad=0.45", "facecolor": "#e8f2f9", "edgecolor": INK, "linewidth": 1.6}
            ax.text(x, y, name, ha="center", va="center", fontsize=13, bbox=box)
        lowest = min(y for _, y in parts.values())
        for word, x in tokens.items():
            ax.text(x, lowest - 0.75, word, ha="center", va="center", fontsize=15, fontweight="bold")
        xs, ys = [x for x, _ in parts.values()], [y for _, y in parts.values()]
        ax.axhline(lowest - 0.45, color=QUIET, linewidth=1)
        ax.set_xlim(min(xs) - 0.6, max(xs) + 0.6)
        ax.set_ylim(lowest - 1.0, max(ys) + 0.5)
        ax.axis("off")
        set_title(figure, title)
    return figure


def beside_random_sets(
    circuit: tuple[Number, Number], others: Sequence[tuple[Number, Number]], shared: Sequence[int], *, title: str
) -> Figure:
    """For the circuit and for other sets of as many heads: (share kept with it alone, share kept without it).

    `shared`: how many heads each of the others has in common with the circuit, which is written on its point.
    """
    if len(others) != len(shared):
        raise CourseError(f"{len(others)} sets and {len(shared)} counts of shared heads: one count for each set")
    with course_style():
        figure = Figure(figsize=(9, 5))
        ax = figure.subplots()
        for (alone, without), count in zip(others, shared, strict=True):
            ax.scatter(alone, without, s=330, facecolor="white", edgecolor=COLOURS["blue"], linewidth=1.6)
            ax.text(alone, without, str(count), ha="center", va="center", fontsize=12)
        ax.scatter(*circuit, s=420, marker="*", color=COLOURS["vermilion"], zorder=3)
        ax.annotate("the circuit", circuit, (0, -24), textcoords="offset points", ha="center", fontsize=14)
        ax.axhline(0, color=QUIET, linewidth=1, zorder=0)
        ax.axvline(0, color=QUIET, linewidth=1, zorder=0)
        ax.margins(0.12)
        ax.set(xlabel="share kept with this set alone", ylabel="share kept without it")
        set_title(figure, title)
    return figure
