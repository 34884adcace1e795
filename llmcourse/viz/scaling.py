"""Losses of many runs against the tokens that they saw, with the laws that were fitted to them and the floor."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib.ticker
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from llmcourse.analysis.scaling import Run, ScalingLaw
from llmcourse.viz.curves import LOOKS
from llmcourse.viz.style import COLOURS, INK, QUIET, course_style, set_title

Number = int | float
DASHES: tuple[Any, ...] = ("-", (0, (4, 2)), (0, (1, 1)))


def law_plot(
    runs: Sequence[Run], laws: Mapping[str, ScalingLaw], floor: Number, *, title: str, further: Number = 10
) -> Figure:
    """A marker for each run, by size; each law as lines, one for each size, drawn `further` times as far.

    The floor is a line across.
    """
    with course_style():
        figure = Figure(figsize=(10, 5.4))
        ax = figure.subplots()
        sizes = sorted({n for n, _, _ in runs})
        seen = [d for _, d, _ in runs]
        tokens = np.geomspace(min(seen), further * max(seen), 60)
        for size, (colour, _, marker) in zip(sizes, LOOKS, strict=False):
            own = [(d, loss) for n, d, loss in runs if n == size]
            look: dict[str, Any] = {"color": COLOURS[colour], "marker": marker, "linestyle": "none", "zorder": 3}
            ax.plot(*zip(*own, strict=True), label=f"{size:,} parameters", **look)
            for law, dashes in zip(laws.values(), DASHES, strict=False):
                ax.plot(tokens, [law.loss(size, d) for d in tokens], color=COLOURS[colour], linestyle=dashes, lw=1.4)
        for name, dashes in zip(laws, DASHES, strict=False):
            ax.plot([], [], color=INK, linestyle=dashes, linewidth=1.4, label=name)
        ax.axhline(floor, color=QUIET, linewidth=2, label="the floor, known")
        ax.axvline(max(seen), color=QUIET, linewidth=1, linestyle=(0, (1, 2)))
        ax.annotate("no runs from here on", (max(seen), 0.96), (6, 0), xycoords=ax.get_xaxis_transform(),
                    textcoords="offset points", fontsize=12, va="top", color=QUIET)  # fmt: skip
        finish(figure, ax, "tokens seen", "loss (nats per token)", title)
    return figure


def log_curves(
    lines: Mapping[str, Sequence[tuple[Number, Number]]], *, title: str, x: str, y: str,
    points: Mapping[str, Sequence[tuple[Number, Number]]] | None = None, bottom: Number | None = None,
) -> Figure:  # fmt: skip
    """Lines, and points for what was measured, over a logarithmic x axis."""
    with course_style():
        figure = Figure(figsize=(10, 5))
        ax = figure.subplots()
        for (name, values), (colour, dashes, _) in zip(lines.items(), LOOKS, strict=False):
            ax.plot(*zip(*values, strict=True), color=COLOURS[colour], linestyle=dashes, label=name)
        for (name, values), marker in zip((points or {}).items(), "osD", strict=False):
            ax.plot(*zip(*values, strict=True), color=INK, linestyle="none", marker=marker, markersize=9, label=name)
        if bottom is not None:
            ax.set_ylim(bottom, None)
        finish(figure, ax, x, y, title)
    return figure


def finish(figure: Figure, ax: Axes, x: str, y: str, title: str) -> None:
    """The logarithmic axis with whole numbers on it, labels, legend and title."""
    ax.set_xscale("log")
    ax.xaxis.set_major_formatter(matplotlib.ticker.FuncFormatter(lambda value, _: short(value)))
    ax.xaxis.set_minor_formatter(matplotlib.ticker.NullFormatter())
    ax.set(xlabel=x, ylabel=y)
    ax.grid(axis="y")
    figure.legend(loc="outside right center", frameon=False)
    set_title(figure, title)


def short(value: Number) -> str:
    """1000 → "1k", 2000000 → "2M"; from a million billions on a power of ten."""
    if value >= 1e15:
        return f"$10^{{{round(math.log10(value))}}}$"
    for size, letter in ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "k")):
        if value >= size:
            return f"{value / size:g}{letter}"
    return f"{value:g}"
