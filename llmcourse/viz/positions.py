"""Pictures of positions: maps of who is alike, clock hands, a query and a key that turn, accuracy against length."""

import math
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import torch
from jaxtyping import Float
from matplotlib.figure import Figure
from matplotlib.patches import Circle
from torch import Tensor

from llmcourse.errors import CourseError
from llmcourse.model.positions import rotation_angles
from llmcourse.viz.curves import LOOKS
from llmcourse.viz.style import COLOURS, INK, MAGNITUDE, QUIET, course_style, set_title


def position_maps(
    maps: Mapping[str, Float[Tensor, "row column"]],
    *,
    title: str,
    rows: str = "position of a token",
    columns: str = "position of another",
    trained: int | None = None,
    note: str = "bright: alike or high, dark: unlike or low",
) -> Figure:
    """Square maps side by side: the brighter, the more alike (or the higher the score of) two positions.

    `note` says so below them. Each map has its own scale, from its smallest number to its largest; -inf and NaN
    stay white. `trained`: a dashed line behind the last position that training reached.
    """
    if not maps:
        raise CourseError("there is no map to draw: give at least one, as {name: matrix}")
    with course_style():
        figure = Figure(figsize=(min(12.5, 0.6 + 3.1 * len(maps)), 4.2))
        for ax, (name, matrix) in zip(figure.subplots(1, len(maps), squeeze=False)[0], maps.items(), strict=True):
            values = np.ma.masked_invalid(matrix.detach().float().cpu().numpy())
            low, high = float(values.min()), float(values.max())
            flat = high - low < 1e-9  # no two positions differ: one colour, from the middle
            ax.imshow(values, cmap=MAGNITUDE, vmin=low - flat, vmax=high + flat)
            if trained is not None:
                ax.axvline(trained - 0.5, color="white", linestyle="--", linewidth=1.8)
                ax.axhline(trained - 0.5, color="white", linestyle="--", linewidth=1.8)
            ax.set_title(name, fontsize=14, fontweight="normal", loc="center")
            ax.tick_params(labelsize=11)
        figure.axes[0].set_ylabel(rows)
        figure.supxlabel(f"{columns}      ({note})", fontsize=13)
        set_title(figure, title)
    return figure


def clock_hands(positions: Sequence[int], d_model: int = 8, *, title: str) -> Figure:
    """Sinusoidal positions as clocks: a row for each position, a clock for each pair of dimensions, fast to slow.

    A hand starts at three o'clock and turns against the clock: its end is at (cos, sin).
    """
    angles = rotation_angles(max(positions) + 1, d_model, theta=10_000.0)
    with course_style():
        figure = Figure(figsize=(1.9 * d_model / 2 + 1.6, 1.0 * len(positions) + 1.4))
        grid = figure.subplots(len(positions), d_model // 2, squeeze=False)
        for row, position in enumerate(positions):
            for pair, ax in enumerate(grid[row]):
                x, y = math.cos(angles[position, pair]), math.sin(angles[position, pair])
                ax.add_patch(Circle((0, 0), 1, fill=False, edgecolor=QUIET, linewidth=1.2))
                ax.plot([0, x], [0, y], color=COLOURS["blue"], linewidth=3)
                ax.plot([x], [y], "o", color=COLOURS["blue"], markersize=7)
                ax.set(xlim=(-1.25, 1.25), ylim=(-1.25, 1.25), aspect="equal", xticks=[], yticks=[])
                ax.spines[:].set_visible(False)
                if row == 0:
                    ax.set_title(f"dims {2 * pair}, {2 * pair + 1}", fontsize=13, fontweight="normal", loc="center")
            grid[row, 0].set_ylabel(f"{position}", rotation=0, ha="right", va="center", labelpad=14)
        figure.supylabel("position", fontsize=14)
        set_title(figure, title)
    return figure


#: At position 0 the query and the key point in these directions (degrees), and from there on they turn by so much.
QUERY_AT_0, KEY_AT_0, DEGREES_PER_STEP = 0.0, 0.0, 20.0


def turning_pair(query_at: int = 7, key_at: int = 4) -> Figure:
    """One pair of dimensions of a query and a key, each turned by 20 degrees for every position, and their score."""
    distance = query_at - key_at
    ends = {
        "query": (QUERY_AT_0 + DEGREES_PER_STEP * query_at, query_at, "vermilion", "--"),
        "key": (KEY_AT_0 + DEGREES_PER_STEP * key_at, key_at, "blue", "-"),
    }
    span = np.arange(-20, 21)
    scores = np.cos(np.radians(QUERY_AT_0 - KEY_AT_0 + DEGREES_PER_STEP * span))
    score = math.cos(math.radians(QUERY_AT_0 - KEY_AT_0 + DEGREES_PER_STEP * distance))
    with course_style():
        figure = Figure(figsize=(11, 4.4))
        plane, curve = figure.subplots(1, 2, width_ratios=[1, 1.5])
        plane.add_patch(Circle((0, 0), 1, fill=False, edgecolor=QUIET, linewidth=1))
        for name, (degrees, position, colour, dashes) in ends.items():
            x, y = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
            arrow = {"arrowstyle": "-|>", "color": COLOURS[colour], "lw": 3, "linestyle": dashes}
            plane.annotate("", (x, y), (0, 0), arrowprops=arrow)
            plane.text(1.3 * x, 1.2 * y, f"{name}\nat {position}", ha="center", va="center", fontsize=13)
        plane.set(xlim=(-1.75, 1.75), ylim=(-1.5, 1.5), aspect="equal", xticks=[], yticks=[])
        plane.spines[:].set_visible(False)
        curve.plot(span, scores, color=QUIET, marker=".", linewidth=1.2)
        curve.plot([distance], [score], "D", color=COLOURS["vermilion"], markersize=11)
        curve.axhline(0, color=QUIET, linewidth=0.8)
        curve.set(xlabel="distance: position of the query minus position of the key", ylabel="score  q · k")
        curve.set_ylim(-1.15, 1.15)
        set_title(figure, f"Query at {query_at}, key at {key_at}: {distance} apart, score {score:+.2f}")
    return figure


def accuracy_by_position(
    results: Mapping[str, Float[Tensor, "run position"]],
    *,
    title: str,
    trained: int,
    without_order: tuple[str, Float[Tensor, "position"]] | None = None,
    chance: float,
    bin_width: int = 8,
) -> Figure:
    """Accuracy at each position: a line for the mean of several runs, a band from the worst to the best of them.

    `without_order` is a (name, accuracies) of one who knows everything but the order; `chance` is a blind guess.
    """

    def binned(values: Tensor) -> np.ndarray:
        cut = values[..., : values.shape[-1] // bin_width * bin_width]
        return cut.unflatten(-1, (-1, bin_width)).nanmean(dim=-1).cpu().numpy()

    with course_style():
        figure = Figure(figsize=(11, 5.4))
        ax = figure.subplots()
        for (name, runs), (colour, dashes, marker) in zip(results.items(), LOOKS, strict=False):
            lines = binned(torch.atleast_2d(runs))
            x = bin_width * (np.arange(lines.shape[1]) + 0.5)
            style: dict[str, Any] = {"color": COLOURS[colour], "linestyle": dashes, "marker": marker, "markersize": 6}
            ax.plot(x, lines.mean(axis=0), label=name, markevery=3, **style)
            ax.fill_between(x, lines.min(axis=0), lines.max(axis=0), color=COLOURS[colour], alpha=0.18, linewidth=0)
        if without_order is not None:
            name, values = without_order
            line = binned(values)
            ax.plot(bin_width * (np.arange(len(line)) + 0.5), line, color=INK, linestyle=(0, (1, 1.5)), label=name)
        ax.axhline(1, color=QUIET, linewidth=1.2, linestyle=(0, (6, 2)), label="the answer, always known")
        ax.axhline(chance, color=QUIET, linewidth=1.2, linestyle=(0, (2, 2)), label="a blind guess")
        ax.axvline(trained, color=INK, linewidth=1.6)
        ax.annotate(" longest row in training", (trained, 1.08), fontsize=12, va="center")
        ax.set(xlabel="position in the row", ylabel="share of right answers", ylim=(0, 1.14), xlim=(0, None))
        ax.grid(axis="y")
        figure.legend(loc="outside right center", frameon=False)
        set_title(figure, title)
    return figure
