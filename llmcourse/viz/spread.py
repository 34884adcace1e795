"""How the values of two populations are spread, one upon the other: can a threshold tell them apart?"""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from llmcourse.errors import CourseError
from llmcourse.viz.style import COLOURS, INK, course_style, set_title

LOOKS: tuple[dict[str, Any], ...] = (
    {"color": COLOURS["sky"]},
    {"histtype": "step", "color": INK, "linewidth": 2, "hatch": "///"},
)


def spread(
    populations: Mapping[str, Sequence[float]], *, title: str, x: str, marks: Mapping[float, str] | None = None
) -> Figure:
    """Histograms of at most two populations of values from 0 to 1, as shares of each; `marks` are thresholds."""
    with course_style():
        figure = Figure(figsize=(9, 4.2))
        ax = figure.subplots()
        draw_spread(ax, populations)
        ax.legend(loc="upper left", bbox_to_anchor=(0.1, 1.0))
        for place, words in (marks or {}).items():
            ax.axvline(place, color=COLOURS["vermilion"], linestyle="--")
            where: dict[str, Any] = {"xycoords": ax.get_xaxis_transform(), "textcoords": "offset points"}
            ax.annotate(words, (place, 0.9), (7, 0), fontsize=13, **where)
        ax.set_xlabel(x)
        set_title(figure, title)
    return figure


def draw_spread(ax: Axes, populations: Mapping[str, Sequence[float]]) -> None:
    """The histograms, on these axes. Raises CourseError for more populations than two, or an empty one."""
    if len(populations) > len(LOOKS) or not all(len(values) for values in populations.values()):
        raise CourseError("one or two populations can be drawn, each with one value at least")
    for (name, values), look in zip(populations.items(), LOOKS, strict=False):
        share = np.full(len(values), 1 / len(values))
        ax.hist(values, bins=np.linspace(0, 1, 41).tolist(), weights=share, label=name, **look)
    ax.set(xlim=(-0.02, 1.02), ylabel="share")
    ax.legend(loc="upper right")
