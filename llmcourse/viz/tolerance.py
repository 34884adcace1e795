"""Differences from tiny to large, on a scale of powers of ten, against the limit below which two programs agree."""

from collections.abc import Mapping

from matplotlib.figure import Figure

from llmcourse.viz.style import COLOURS, INK, course_style, set_title

SMALLEST = 1e-8  # what is smaller, and an exact 0, is drawn here


def tolerance(values: Mapping[str, float], *, title: str, limit: float = 1e-5, label: str = "") -> Figure:
    """A dot for each value: filled where it is below the limit, an open square where it is above."""
    with course_style():
        figure = Figure(figsize=(9, 1.7 + 0.42 * len(values)))
        ax = figure.subplots()
        for place, value in enumerate(values.values()):
            fine = value < limit
            at = max(value, SMALLEST)
            ax.plot([SMALLEST, at], [place, place], color="#d5d9dc", linewidth=2)
            colour = COLOURS["blue"] if fine else COLOURS["vermilion"]
            face = colour if fine else "white"
            ax.plot(at, place, "o" if fine else "s", color=colour, markerfacecolor=face, markeredgewidth=2)
        ax.axvline(limit, color=INK, linestyle="--", linewidth=1.6)
        ax.text(limit * 1.4, -0.75, f"limit: {limit:.5f}", va="center", fontsize=12.5)
        ax.set_xscale("log")
        ax.set_xlim(SMALLEST / 2, max(10.0, 3 * max(values.values())))
        ax.set_yticks(range(len(values)), list(values))
        ax.tick_params(axis="y", length=0)
        ax.set_ylim(len(values) - 0.4, -1.1)
        ax.set_xlabel(label)
        set_title(figure, title)
    return figure
