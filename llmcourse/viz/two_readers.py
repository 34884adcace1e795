"""What two readers think of one word: one who has read up to it, and one who sees all but it."""

from collections.abc import Mapping

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from llmcourse.viz.plots import likeliest, percent
from llmcourse.viz.style import COLOURS, INK, course_style, set_title


def two_readers(
    before: Mapping[str, float], both_sides: Mapping[str, float], truth: str, *, title: str, top: int = 8
) -> Figure:
    """Two panels of bars: how likely each word is for the one and for the other. The true word is marked with ▶."""
    words = likeliest(before, both_sides, top)
    if truth not in words:
        words = [*words[: top - 1], truth]
    with course_style():
        figure = Figure(figsize=(10, 1.9 + 0.36 * top))
        axes = figure.subplots(1, 2, sharey=True)
        sides = (
            ("read so far", before, {"color": COLOURS["blue"]}),
            ("both sides seen", both_sides, {"facecolor": "white", "edgecolor": INK, "hatch": "//"}),
        )
        for ax, (name, distribution, look) in zip(axes, sides, strict=True):
            values = [distribution.get(word, 0.0) for word in words]
            drawn = ax.barh(np.arange(len(words)), values, height=0.66, **look)
            ax.bar_label(drawn, labels=[percent(value) for value in values], padding=5, fontsize=12)
            ax.set(xlim=(0, 1.18), xlabel="probability")
            ax.set_title(name, fontsize=14)
            ax.xaxis.set_major_formatter(PercentFormatter(xmax=1, decimals=0))
        names = [f"▶ {word}" if word == truth else word for word in words]
        axes[0].set_yticks(np.arange(len(words)), names)
        axes[0].set_ylim(top - 0.5, -0.5)
        axes[0].tick_params(axis="y", length=0, labelsize=14)
        set_title(figure, title)
    return figure
