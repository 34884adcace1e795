"""Several curves in one picture, each with its name at its end, its own marker and its own dashes."""

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.figure import Figure

from llmcourse.viz.style import COLOURS, INK, QUIET, course_style, set_title

Number = int | float
LOOKS: tuple[tuple[str, Any, str], ...] = (  # colour, dashes, marker
    ("blue", "-", "o"),
    ("vermilion", "--", "s"),
    ("green", "-.", "^"),
    ("purple", (0, (1, 1)), "D"),
    ("orange", (0, (5, 1, 1, 1, 1, 1)), "v"),
    ("black", "-", "x"),
)


def curves(
    series: Mapping[str, Sequence[tuple[Number, Number]]],
    *,
    title: str,
    x: str,
    y: str,
    references: Mapping[str, Number] | None = None,
    marks: Mapping[Number, str] | None = None,
    bottom: Number = 0,
    top: Number | None = None,
    log: bool = False,
) -> Figure:
    """Curves of (x, y) points by name, at most six of them; the axes' labels are `x` and `y`.

    `references` are up to three values on the y axis to compare with, `marks` places on the x axis to point out;
    `bottom` and `top` are where the y axis begins and ends. `log`: a logarithmic y axis, as far as the points go.
    """
    with course_style():
        figure = Figure(figsize=(10, 5.2))
        ax = figure.subplots()
        for (name, points), (colour, dashes, marker) in zip(series.items(), LOOKS, strict=False):
            style: dict[str, Any] = {"color": COLOURS[colour], "linestyle": dashes, "marker": marker, "markersize": 5.5}
            ax.plot(*zip(*points, strict=True), label=name, markevery=max(1, len(points) // 12), **style)
        dots = [(0, (1, 1)), (0, (4, 2)), (0, (6, 2, 1, 2))]
        for (name, value), dashes in zip((references or {}).items(), dots, strict=False):
            ax.axhline(value, color=QUIET, linestyle=dashes, linewidth=1.8, label=name)
        if log:
            ax.set_yscale("log")
        else:
            ax.set_ylim(bottom, top)
        for place, words in (marks or {}).items():
            ax.axvline(place, color=INK, linewidth=1.3, linestyle=(0, (1, 2)))
            ax.annotate(words, (place, 0.93), (7, 0), xycoords=ax.get_xaxis_transform(), textcoords="offset points",
                        fontsize=13)  # fmt: skip
        ax.set(xlabel=x, ylabel=y)
        ax.grid(axis="y")
        figure.legend(loc="outside right center", frameon=False)
        set_title(figure, title)
    return figure
