"""How costs grow with length: lines on two logarithmic axes, each with its slope; and what cheap attention does."""

from collections.abc import Mapping, Sequence

import numpy as np
from jaxtyping import Float
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import NullLocator
from torch import Tensor

from llmcourse.analysis.meter import slope
from llmcourse.errors import CourseError
from llmcourse.viz.curves import LOOKS
from llmcourse.viz.style import COLOURS, INK, QUIET, course_style, readable_on, set_title

Number = int | float


def growth(
    panels: Mapping[str, Mapping[str, Mapping[int, Number]]], *, title: str, x: str = "tokens", start: int = 0
) -> Figure:
    """One panel for each y label: named lines of (x, y) on logarithmic axes, with their fitted slopes from x = `start`.

    Raises CourseError for more than six lines in a panel.
    """
    if any(len(lines) > len(LOOKS) for lines in panels.values()):
        raise CourseError(f"a panel shows at most {len(LOOKS)} lines that can be told apart")
    with course_style():
        figure = Figure(figsize=(6 * len(panels) if len(panels) > 1 else 9, 6.2))
        for ax, (label, lines) in zip(figure.subplots(1, len(panels), squeeze=False)[0], panels.items(), strict=True):
            for (name, points), (colour, dashes, marker) in zip(lines.items(), LOOKS, strict=False):
                words = f"{name}: slope {slope(points, start):.1f}"
                ax.plot(
                    list(points), list(points.values()), label=words, color=COLOURS[colour], linestyle=dashes,
                    marker=marker,
                )  # fmt: skip
            ax.set_xscale("log", base=2)
            ax.set_yscale("log")
            places = sorted({place for points in lines.values() for place in points})
            ax.set_xticks(places, [f"{place:,}" for place in places], rotation=45)
            ax.xaxis.set_minor_locator(NullLocator())
            ax.set(xlabel=x, ylabel=label)
            ax.grid()
            ax.legend(loc="upper center", bbox_to_anchor=(0.5, -0.25), fontsize=12)
        set_title(figure, title)
    return figure


def reach_picture(reach: Float[Tensor, "layer position"], *, title: str, window: int) -> Figure:
    """Which positions the last one can be changed by, after each number of layers: filled with a dot where it can."""
    layers, positions = reach.shape
    with course_style():
        figure = Figure(figsize=(10, 0.55 * layers + 2))
        ax = figure.subplots()
        for layer, place in np.argwhere(reach.detach().numpy() > 0):
            ax.add_patch(Rectangle((place - 0.45, layer - 0.4), 0.9, 0.8, facecolor=COLOURS["sky"], alpha=0.75))
            ax.plot(place, layer, marker="o", markersize=4, color=COLOURS["blue"])
        names = [f"{n} layer{'s' if n > 1 else ''}: {int((row > 0).sum())}" for n, row in enumerate(reach, start=1)]
        ax.set_yticks(range(layers), names)
        ax.set(xlim=(-0.6, positions - 0.4), ylim=(layers - 0.4, -0.6), xlabel="position (the last one is asked)")
        ax.set_title(f"window of {window}", fontsize=13)
        set_title(figure, title)
    return figure


def online_steps(
    scores: Sequence[Number], values: Sequence[Number], rows: Sequence[Sequence[Number]], *, title: str
) -> Figure:
    """Four columns by hand: after each score and value the largest score, the sum of powers, the weighted sum, and the
    quotient. `rows`: (largest, total, summed) after each."""
    columns = ["score", "value", "largest\nso far", "sum of\npowers", "weighted\nsum", "output\nso far"]
    table = [[s, v, *row, row[2] / row[1]] for s, v, row in zip(scores, values, rows, strict=True)]
    with course_style():
        figure = Figure(figsize=(10, 0.62 * len(table) + 1.9))
        ax = figure.subplots()
        highest = -np.inf
        for y, row in enumerate(table):
            shrinks = y > 0 and row[2] > highest
            highest = max(highest, row[2])
            for place, value in enumerate(row):
                face = "#fff1dc" if shrinks and place >= 2 else "#e8f2f9" if place >= 2 else "white"
                ax.add_patch(Rectangle((place - 0.46, y - 0.42), 0.92, 0.84, facecolor=face, edgecolor=QUIET))
                ax.text(place, y, f"{value:.3g}", ha="center", va="center", color=INK, fontsize=14)
            if shrinks:
                ax.text(5.6, y, "a new largest:\nwhat was summed\nshrinks", va="center", fontsize=11, color=INK)
        ax.set(xlim=(-0.6, 7.2), ylim=(len(table) - 0.5, -0.6))
        ax.set_xticks(range(6), columns)
        ax.set_yticks(range(len(table)), [f"key {n}" for n in range(1, len(table) + 1)])
        ax.xaxis.tick_top()
        ax.tick_params(length=0)
        for side in ax.spines.values():
            side.set(visible=False)
        set_title(figure, title)
    return figure


def share_tables(tables: Mapping[str, Float[Tensor, "group expert"]], *, title: str) -> Figure:
    """Of each group's tokens (rows), the share that goes to each expert (columns); one table for each name."""
    with course_style():
        figure = Figure(figsize=(6.2 * len(tables), 6))
        for ax, (name, table) in zip(figure.subplots(1, len(tables), squeeze=False)[0], tables.items(), strict=True):
            drawn = ax.imshow(table.numpy(), vmin=0, vmax=1, aspect="equal")
            for (group, expert), value in np.ndenumerate(table.numpy()):
                if value >= 0.005:
                    colour = readable_on(drawn.to_rgba(value))
                    ax.text(expert, group, f"{value:.2f}".lstrip("0"), ha="center", va="center", color=colour,
                            fontsize=11)  # fmt: skip
            ax.set_xticks(range(table.shape[1]), [str(n + 1) for n in range(table.shape[1])])
            ax.set_yticks(range(table.shape[0]), [str(n + 1) for n in range(table.shape[0])])
            ax.set(xlabel="expert", ylabel="group of the token")
            ax.set_title(name, fontsize=14)
        set_title(figure, title)
    return figure
