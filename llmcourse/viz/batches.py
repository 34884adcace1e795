"""Batches as a model takes them in: rows of one length, where the short ones are filled up."""

from collections.abc import Mapping, Sequence
from typing import Any

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from llmcourse.errors import CourseError
from llmcourse.viz.style import COLOURS, INK, QUIET, course_style, set_title

PALE = "#dfe3e6"


def batch_picture(
    rows: Sequence[Sequence[str]], parts: Mapping[str, Sequence[Sequence[object]]], *, title: str
) -> Figure:
    """The tokens of a batch, a cell each, padding hatched; below each row what `parts` say of each of its tokens."""
    width = max(len(row) for row in rows)
    for name, values in parts.items():
        if [len(row) for row in values] != [len(row) for row in rows]:
            raise CourseError(f"{name!r} has not one value for each token of the batch")
    with course_style():
        figure = Figure(figsize=(13, (0.5 + 0.36 * len(parts)) * len(rows) + 1.3))
        ax = figure.subplots()
        y, labels = 0.0, []
        for number, row in enumerate(rows):
            for place, token in enumerate(row):
                cell(ax, place, y, token, is_padding=token == "<pad>")
            labels.append((y + 0.35, f"text {number}"))
            y += 0.75
            for name, values in parts.items():
                for place, value in enumerate(values[number]):
                    ax.text(place + 0.5, y + 0.2, str(value), ha="center", va="center", fontsize=12, color=QUIET)
                labels.append((y + 0.2, name))
                y += 0.5
            y += 0.3
        ax.set(xlim=(0, width), ylim=(y, -0.1), xticks=[])
        ax.set_yticks([place for place, _ in labels], [words for _, words in labels])
        ax.tick_params(axis="y", length=0)
        for spine in ax.spines.values():
            spine.set_visible(False)
        set_title(figure, title)
    return figure


def cell(ax: Axes, place: int, y: float, token: str, is_padding: bool) -> None:
    look: dict[str, Any] = {"facecolor": "#e8f2f9", "edgecolor": INK, "linewidth": 1.0}
    if is_padding:
        look |= {"facecolor": "white", "edgecolor": QUIET, "hatch": "////"}
    ax.add_patch(Rectangle((place + 0.04, y), 0.92, 0.7, **look))
    box = {"facecolor": "white", "edgecolor": "none", "pad": 1.5} if is_padding else None
    ax.text(place + 0.5, y + 0.35, token, ha="center", va="center", fontsize=11.5, bbox=box)


def padding_picture(plans: Mapping[str, Sequence[Sequence[int]]], lengths: Sequence[int], *, title: str) -> Figure:
    """Each plan's batches from top to bottom, a thin bar for each row: text dark, padding pale."""
    with course_style():
        figure = Figure(figsize=(11, 5.6))
        for ax, (name, batches) in zip(figure.subplots(1, len(plans), squeeze=False)[0], plans.items(), strict=True):
            y, wasted = 0, 0
            for batch in batches:
                width = max(lengths[number] for number in batch)
                bars = [lengths[number] for number in batch]
                heights = range(y, y + len(batch))
                ax.barh(heights, bars, height=1.0, color=COLOURS["blue"], label="text" if y == 0 else None)
                rest = [width - bar for bar in bars]
                ax.barh(heights, rest, left=bars, height=1.0, color=PALE, label="padding" if y == 0 else None)
                wasted += sum(rest)
                y += len(batch) + 2
            ax.invert_yaxis()
            ax.set_title(f"{name}: {wasted:,} places of padding", fontsize=14, loc="left", fontweight="normal")
            ax.set(yticks=[], xlabel="tokens")
        figure.legend(*figure.axes[0].get_legend_handles_labels(), loc="outside lower center", ncols=2)
        set_title(figure, title)
    return figure
