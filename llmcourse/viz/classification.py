"""Pictures of a classifier's answers: how often it is right on what, what it takes for what, how sure it is."""

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib as mpl
import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from llmcourse.analysis.calibration import Bin
from llmcourse.viz.style import COLOURS, INK, MAGNITUDE, QUIET, course_style, readable_on, set_title


def accuracy_table(rows: Mapping[str, Mapping[str, float]], *, title: str, label: str = "kind of example") -> Figure:
    """One row for each classifier, one column for each kind of example: the share that is right, in per cent."""
    columns = list(next(iter(rows.values())))
    shares = np.array([[row[column] for column in columns] for row in rows.values()])
    with course_style():
        figure = Figure(figsize=(10, 1.7 + 0.62 * len(rows)))
        ax = figure.subplots()
        draw_matrix(ax, shares, lambda share: f"{100 * share:.0f}%", top=1)
        ax.set_xticks(range(len(columns)), columns)
        ax.set_yticks(range(len(rows)), list(rows))
        ax.set_xlabel(label)
        set_title(figure, title)
    return figure


def confusion_pictures(
    matrices: Mapping[str, Sequence[Sequence[int]] | Any], classes: Sequence[str], *, title: str
) -> Figure:
    """Confusion matrices side by side: what each text is (row) and what it was taken for (column)."""
    with course_style():
        figure = Figure(figsize=(4.6 * len(matrices) + 0.8, 4.6))
        grid = figure.subplots(1, len(matrices), squeeze=False)[0]
        for ax, (name, matrix) in zip(grid, matrices.items(), strict=True):
            counts = np.array(matrix.tolist() if hasattr(matrix, "tolist") else matrix, dtype=float)
            draw_matrix(ax, counts, lambda count: f"{count:.0f}", top=counts.sum(axis=1).max())
            ax.set_xticks(range(len(classes)), classes)
            ax.set_yticks(range(len(classes)), classes)
            ax.set(xlabel="taken for", ylabel="is")
            ax.set_title(name, fontsize=14)
        set_title(figure, title)
    return figure


def draw_matrix(ax: Axes, values: Any, text: Any, top: int | float) -> None:
    colours = mpl.colormaps[MAGNITUDE]
    ax.imshow(values, cmap=colours, vmin=0, vmax=top or 1, aspect="auto")
    for (row, column), value in np.ndenumerate(values):
        ink = readable_on(colours(value / (top or 1)))
        ax.text(column, row, text(value), ha="center", va="center", color=ink, fontsize=14)
    ax.tick_params(length=0)
    for spine in ax.spines.values():
        spine.set_visible(False)


def reliability(bins: Mapping[str, Sequence[Bin]], *, title: str) -> Figure:
    """Confidence against truth: a point for each bin, the larger the more guesses it holds, and the diagonal of those
    who know what they know."""
    markers = ("o", "s", "^", "D")
    colours = ("vermilion", "blue", "green", "purple")
    with course_style():
        figure = Figure(figsize=(9, 5.6))
        ax = figure.subplots()
        ax.plot([0, 1], [0, 1], color=QUIET, linestyle="--", linewidth=1.6, label="as sure as it is right")
        for (name, some), marker, colour in zip(bins.items(), markers, colours, strict=False):
            total = sum(b.size for b in some)
            look: dict[str, Any] = {"marker": marker, "color": COLOURS[colour], "edgecolors": INK, "zorder": 3}
            sizes = [60 + 700 * b.size / total for b in some]
            ax.scatter([b.confidence for b in some], [b.right for b in some], s=sizes, alpha=0.75, label=name, **look)
        ax.set(xlim=(0.45, 1.04), ylim=(-0.04, 1.06))
        ax.set(xlabel="how sure it is (mean confidence of the bin)", ylabel="share that is right")
        ax.grid()
        legend = ax.legend(loc="upper left", frameon=True, facecolor="white", edgecolor="none")
        for handle in legend.legend_handles[1:]:
            handle.set_sizes([90])  # type: ignore[union-attr]
        set_title(figure, title)
    return figure
