"""Pictures of thin matrices: a column times a row, LoRA beside a layer, and what tuning costs."""

from collections.abc import Mapping

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from matplotlib.ticker import FuncFormatter
from torch import Tensor

from llmcourse.viz.attention_steps import draw_matrix
from llmcourse.viz.curves import LOOKS
from llmcourse.viz.style import COLOURS, INK, QUIET, course_style, set_title

Number = int | float
HATCHES = ("", "///", "...", "xx")


def column_times_row(b: Float[Tensor, "n_out rank"], a: Float[Tensor, "rank n_in"], *, title: str) -> Figure:
    """B, A and their product B A with the numbers in their cells, drawn to one scale."""
    (n_out, rank), n_in = b.shape, a.shape[1]
    with course_style():
        figure = Figure(figsize=(10.5, 1.6 + 0.55 * n_out))
        axes = figure.subplots(1, 5, width_ratios=[0.9 * rank, 0.35, n_in, 0.35, n_in])
        rows, columns = [f"out {i}" for i in range(n_out)], [f"in {i}" for i in range(n_in)]
        thin = [f"{i}" for i in range(rank)]
        draw_matrix(axes[0], b, rows, thin)
        draw_matrix(axes[2], a, thin, columns)
        draw_matrix(axes[4], b @ a, rows, columns)
        axes[2].set_box_aspect(rank / n_in * 0.75)
        names = {0: f"B: {b.numel()} numbers", 2: f"A: {a.numel()} numbers", 4: f"B A: {n_out * n_in} numbers"}
        for place, name in names.items():
            axes[place].set_title(name, fontsize=13, fontweight="normal", loc="center")
        for place, sign in ((1, "×"), (3, "=")):
            axes[place].set_axis_off()
            axes[place].text(0.5, 0.5, sign, ha="center", va="center", fontsize=24)
        set_title(figure, title)
    return figure


def lora_diagram(n_in: int = 128, n_out: int = 128, rank: int = 8, *, title: str) -> Figure:
    """A frozen layer and its LoRA, the matrices drawn to scale: an area is a number of parameters."""
    with course_style():
        figure = Figure(figsize=(10, 5.4))
        ax = figure.subplots()
        unit = 2.8 / max(n_in, n_out)
        width, height, thin = n_in * unit, n_out * unit, max(rank * unit, 0.07)
        matrix(ax, 0, 0, width, height, f"W\nfrozen\n{n_in * n_out:,} numbers", "sky", "")
        side, bottom = 4.6, -1.4  # B stands on the right, and A lies below it
        matrix(ax, side, bottom + thin / 2, width, thin, "", "vermilion", "////")
        matrix(ax, side, bottom + thin + 0.5 + height / 2, thin, height, "", "vermilion", "////")
        right = side + width / 2 + 0.25
        ax.text(right, bottom + thin / 2, f"A: {rank * n_in:,} numbers,\nat random at first", va="center", fontsize=13)
        ax.text(right, 0.7, f"B: {n_out * rank:,} numbers,\nzero at first", va="center", fontsize=13)
        top = bottom + thin + 0.5 + height
        words(ax, 2.3, -2.7, "x")
        words(ax, 2.3, 3.0, "+")
        arrow(ax, (2.15, -2.55), (0, -height / 2 - 0.05))
        arrow(ax, (2.45, -2.55), (side, bottom - 0.05))
        arrow(ax, (side, bottom + thin), (side, bottom + thin + 0.48))
        arrow(ax, (0, height / 2 + 0.05), (2.1, 2.9))
        arrow(ax, (side, top + 0.05), (2.5, 2.9))
        ax.text(3.75, 2.75, "times α/r", fontsize=13)
        arrow(ax, (2.3, 3.2), (2.3, 3.75))
        ax.set(xlim=(-1.6, 9.2), ylim=(-2.95, 3.8))
        ax.set_axis_off()
        set_title(figure, title)
    return figure


def matrix(ax: Axes, x: Number, y: Number, width: Number, height: Number, name: str, colour: str, hatch: str) -> None:
    """A box around its middle."""
    box = Rectangle((x - width / 2, y - height / 2), width, height, hatch=hatch)
    box.set(facecolor="white" if hatch else "#e8f2f9", edgecolor=COLOURS[colour], linewidth=2.2)
    ax.add_patch(box)
    ax.text(x, y, name, ha="center", va="center", fontsize=13)


def words(ax: Axes, x: Number, y: Number, text: str) -> None:
    ax.text(x, y, text, ha="center", va="center", fontsize=19, fontweight="bold")


def arrow(ax: Axes, start: tuple[Number, Number], end: tuple[Number, Number]) -> None:
    ax.annotate("", end, start, arrowprops={"arrowstyle": "-|>", "color": INK, "linewidth": 1.6})


def quality_by_size(
    series: Mapping[str, Mapping[str, tuple[Number, Number]]],
    *,
    title: str,
    y: str = "right answers on new texts",
    references: Mapping[str, Number] | None = None,
) -> Figure:
    """For each series the named points (numbers trained, quality); the first axis is logarithmic."""
    with course_style():
        figure = Figure(figsize=(10, 5.4))
        ax = figure.subplots()
        for (name, points), (colour, _, marker) in zip(series.items(), LOOKS, strict=False):
            places = np.array(list(points.values()), dtype=float)
            ax.plot(places[:, 0], places[:, 1], marker, color=COLOURS[colour], markersize=10, label=name)
            for number, (label, place) in enumerate(sorted(points.items(), key=lambda item: item[1][0])):
                up = number % 2 == 0
                ax.annotate(label, place, xytext=(0, 11 if up else -11), textcoords="offset points", fontsize=12,
                            ha="center", va="bottom" if up else "top")  # fmt: skip
        for (name, value), dashes in zip((references or {}).items(), ("--", ":"), strict=False):
            ax.axhline(value, color=QUIET, linestyle=dashes, label=name)
        ax.set_xscale("log")
        ax.margins(x=0.12, y=0.18)
        ax.xaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:,.0f}"))
        ax.set(xlabel="numbers trained (logarithmic)", ylabel=y)
        ax.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:.0%}" if value <= 1.001 else ""))
        ax.grid(axis="y")
        if len(series) > 1 or references:
            ax.legend(loc="lower right", frameon=True, facecolor="white", edgecolor="none")
        set_title(figure, title)
    return figure


def cost_bars(
    costs: Mapping[str, Mapping[str, Number]], times: Mapping[str, Number], *, title: str, unit: str = "MB"
) -> Figure:
    """For each way to train: on the left its memory by parts, on the right the time of a step."""
    with course_style():
        figure = Figure(figsize=(12, 1.9 + 0.52 * len(costs)))
        left, right = figure.subplots(1, 2, sharey=True, width_ratios=(1.6, 1))
        names, starts = list(costs), np.zeros(len(costs))
        for part, colour, hatch in zip(next(iter(costs.values())), ("sky", "vermilion", "orange", "green"), HATCHES,
                                       strict=False):  # fmt: skip
            sizes = np.array([costs[name][part] for name in names])
            left.barh(names, sizes, left=starts, height=0.62, label=part, hatch=hatch, facecolor="white",
                      edgecolor=COLOURS[colour], linewidth=1.6)  # fmt: skip
            starts += sizes
        left.invert_yaxis()
        left.set_xlabel(f"memory of a step ({unit})")
        left.legend(loc="lower center", bbox_to_anchor=(0.4, 1.0), ncols=4, fontsize=12)
        drawn = right.barh(names, [times[name] for name in names], height=0.62, color=COLOURS["blue"])
        right.bar_label(drawn, fmt="%.0f", padding=5, fontsize=12)
        right.margins(x=0.16)
        right.set_xlabel("time of a step (milliseconds)")
        for ax in (left, right):
            ax.tick_params(axis="y", length=0)
        set_title(figure, title)
    return figure
