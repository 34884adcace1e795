"""Pictures of many heads at once: which pattern each follows, and what one head can hand over of two places."""

from collections.abc import Mapping

import numpy as np
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from torch import Tensor

from llmcourse.errors import CourseError
from llmcourse.viz.style import COLOURS, INK, MAGNITUDE, QUIET, course_style, readable_on, set_title

Scores = Mapping[str, Float[Tensor, "layer head"]]


def pattern_table(models: Mapping[str, Scores], baseline: Mapping[str, float], *, title: str) -> Figure:
    """For each model a table: a row for each pattern, a column for each head, in each cell how many times as much of
    the head's attention follows the pattern as would if it preferred nothing (`baseline`). The best of a row is framed.

    Raises CourseError when a pattern has no baseline.
    """
    missing = [name for scores in models.values() for name in scores if not baseline.get(name)]
    if not models or missing:
        raise CourseError(f"the pattern {missing[0]!r} has no baseline" if missing else "there is no model to show")
    tables = {model: times(scores, baseline) for model, scores in models.items()}
    top = max(float(table.max()) for table in tables.values())
    rows = sum(len(table) for table in tables.values())
    with course_style():
        figure = Figure(figsize=(12, 1.6 + 0.55 * rows + 0.75 * len(tables)))
        axes = figure.subplots(len(tables), 1, squeeze=False, height_ratios=[len(table) for table in tables.values()])
        for ax, (model, table) in zip(axes.flat, tables.items(), strict=True):
            scores = next(iter(models[model].values()))
            draw_table(ax, table, list(models[model]), [f"{l}.{h}" for l, h in np.ndindex(*scores.shape)], top)
            ax.set_title(model, fontsize=14, fontweight="normal")
        axes.flat[-1].set_xlabel("layer.head;  1.0: as much as without any preference;  framed: the keenest of its row")
        set_title(figure, title)
    return figure


def times(scores: Scores, baseline: Mapping[str, float]) -> np.ndarray:
    return np.stack([each.flatten().numpy() / baseline[name] for name, each in scores.items()])


def draw_table(ax: Axes, table: np.ndarray, rows: list[str], columns: list[str], top: float) -> None:
    drawn = ax.imshow(table, cmap=MAGNITUDE, vmin=0, vmax=top, aspect="auto")
    for (row, column), value in np.ndenumerate(table):
        colour = readable_on(drawn.to_rgba(value))
        ax.text(column, row, f"{value:.1f}", ha="center", va="center", color=colour, fontsize=12)
    for row, best in enumerate(table.argmax(axis=1)):
        ax.add_patch(Rectangle((best - 0.5, row - 0.5), 1, 1, fill=False, edgecolor="white", linewidth=5))
        ax.add_patch(Rectangle((best - 0.5, row - 0.5), 1, 1, fill=False, edgecolor=INK, linewidth=2.2))
    ax.set_xticks(range(len(columns)), columns)
    ax.set_yticks(range(len(rows)), rows)
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)


def one_mean(share: float = 0.5) -> Figure:
    """How much of two numbers a and b can be told from share·a + (1 - share)·b, for every share; one is marked.

    Explained variance of the best linear guess, for independent a and b of the same size: share² / (share² +
    (1 - share)²) of the one, and the rest of the whole of the other. The two always sum to 1.
    """
    shares = np.linspace(0, 1, 201)
    first = shares**2 / (shares**2 + (1 - shares) ** 2)
    here = share**2 / (share**2 + (1 - share) ** 2)
    with course_style():
        figure = Figure(figsize=(9, 4.6))
        ax = figure.subplots()
        ax.plot(shares, first, color=COLOURS["blue"], label="of a")
        ax.plot(shares, 1 - first, color=COLOURS["vermilion"], linestyle="--", label="of b")
        ax.plot(shares, np.full_like(shares, 0.5), color=INK, linestyle=":", label="mean of the two")
        ax.axvline(share, color=QUIET, linewidth=1)
        for value, mark, colour in ((here, "o", "blue"), (1 - here, "s", "vermilion")):
            ax.plot(share, value, mark, color=COLOURS[colour], markersize=10, clip_on=False)
        ax.set(xlim=(0, 1), ylim=(0, 1.04), xlabel="share of the weight on a; b has the rest")
        ax.set_ylabel("what can be told (share of variance)")
        ax.legend(loc="center right")
        set_title(figure, f"One mean tells {here:.0%} of a and {1 - here:.0%} of b: never more than half of both")
    return figure
