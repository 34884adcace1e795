"""Who turns with whom: the dimensions of a head in a row, and an arc between the two of each pair."""

from collections.abc import Mapping, Sequence

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from llmcourse.viz.style import PALETTE, QUIET, course_style, set_title


def pairings(rows: Mapping[str, tuple[Sequence[int], Sequence[tuple[int, int]]]], *, title: str) -> Figure:
    """For each name (the number in each place, the pairs of places that turn together). The numbers say which row of
    the original matrix stands there, so one sees rows move and pairs stay."""
    with course_style():
        figure = Figure(figsize=(9, 0.6 + 2.1 * len(rows)))
        for ax, (name, (numbers, pairs)) in zip(np.atleast_1d(figure.subplots(len(rows))), rows.items(), strict=True):
            colour = {}
            for index, (first, second) in enumerate(pairs):
                colour[first] = colour[second] = PALETTE[index % len(PALETTE)]
                middle, reach = (first + second) / 2, abs(second - first) / 2
                angle = np.linspace(0, np.pi, 40)
                style = ("-", "--", "-.", ":")[index % 4]
                height = 0.55 + 0.5 * reach / max(1, len(numbers) / 2)
                x, y = middle - reach * np.cos(angle), 1 + height * np.sin(angle)
                ax.plot(x, y, color=colour[first], linestyle=style, linewidth=2.4)
            for place, number in enumerate(numbers):
                ax.add_patch(
                    Rectangle((place - 0.45, 0), 0.9, 1, facecolor="white", edgecolor=colour.get(place, QUIET))
                )
                ax.text(place, 0.48, str(number), ha="center", va="center")
            ax.text(-0.8, 0.5, name, ha="right", va="center")
            ax.set(xlim=(-3.6, len(numbers) - 0.3), ylim=(-0.15, 2.3))
            ax.set_axis_off()
        set_title(figure, title)
    return figure
