"""Which tensor of a file becomes which parameter: two columns of names, and what happens on the way."""

from collections.abc import Sequence
from typing import Any

from matplotlib.figure import Figure

from llmcourse.viz.style import COLOURS, INK, QUIET, course_style, set_title

Row = tuple[str, Sequence[str], bool]  # their name, our names, whether the matrix is turned


def name_table(rows: Sequence[Row], *, title: str, theirs: str = "in the file", ours: str = "in our model") -> Figure:
    """A line from each of their names to ours; it says where a matrix is turned, and forks where it is cut."""
    lines = sum(len(names) for _, names, _ in rows)
    with course_style():
        figure = Figure(figsize=(11, 1.6 + 0.4 * lines))
        ax = figure.subplots()
        ax.set(xlim=(0, 10), ylim=(lines - 0.3, -1.1))
        ax.set_axis_off()
        ax.text(4.1, -0.8, theirs, ha="right", color=QUIET)
        ax.text(5.9, -0.8, ours, ha="left", color=QUIET)
        top = 0
        for their_name, names, turned in rows:
            middle = top + (len(names) - 1) / 2
            ax.text(4.1, middle, their_name, ha="right", va="center", family="DejaVu Sans Mono", fontsize=12)
            colour = COLOURS["vermilion"] if turned else COLOURS["blue"]
            for place, name in enumerate(names):
                style: Any = {"color": colour, "linewidth": 2.0, "linestyle": "--" if turned else "-"}
                ax.plot([4.2, 4.6, 5.4, 5.8], [middle, middle, top + place, top + place], **style)
                ax.text(5.9, top + place, name, ha="left", va="center", family="DejaVu Sans Mono", fontsize=12)
            if turned:
                box = {"boxstyle": "round,pad=0.15", "facecolor": "white", "edgecolor": "none"}
                ax.text(4.62, middle, "turned", ha="center", va="center", fontsize=10.5, color=INK, bbox=box)
            top += len(names)
        set_title(figure, title)
    return figure
