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
            columns = [f"{layer}.{head}" for layer, head in np.ndindex(*scores.shape)]
            draw_table(ax, table, list(models[model]), columns, top)
            ax.set_title(model, fontsize=14, fontweight="normal")
        axes.flat[-1].set_xlabel("layer.head;  1.0: as much as without any preference;  framed: the keenest of its row")
        set_title(figure, title)
    return figure


def times(scores: Scores, baseline: Mapping[str, float]) -> np.ndarray:
    return np.stack([each.flatten().numpy() / baseline[name] for name, each in scores.items()])


def draw_table(
    ax: Axes, table: np.ndarray, rows: list[str], columns: list[str], top: float, form: str = "{:.1f}"
) -> None:
    """A number in every cell, the largest of each row framed."""
    drawn = ax.imshow(table, cmap=MAGNITUDE, vmin=0, vmax=top, aspect="auto")
    for (row, column), value in np.ndenumerate(table):
        colour = readable_on(drawn.to_rgba(value))  # type: ignore[arg-type]
        ax.text(column, row, form.format(value), ha="center", va="center", color=colour, fontsize=12)
    for row, best in enumerate(table.argmax(axis=1)):
        for colour, line in (("white", 5.0), (INK, 2.2)):
            frame = Rectangle((best - 0.5, row - 0.5), 1, 1, fill=False, edgecolor=colour, linewidth=line)
            frame.set_clip_on(False)
            ax.add_patch(frame)
    ax.set_xticks(range(len(columns)), columns)
    ax.set_yticks(range(len(rows)), rows)
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)


def share_table(shares: Mapping[str, Float[Tensor, "head place"]], places: list[str], *, title: str) -> Figure:
    """Where the heads of some layers look: a row for each head, a column for each place, shares that sum to 1."""
    names = [(name, h, len(heads)) for name, heads in shares.items() for h in range(len(heads))]
    rows = [f"{name}, head {h}" if n_heads > 1 else name for name, h, n_heads in names]
    table = np.concatenate([heads.numpy() for heads in shares.values()])
    with course_style():
        figure = Figure(figsize=(9, 1.9 + 0.55 * len(rows)))
        ax = figure.subplots()
        draw_table(ax, table, rows, places, 1.0, "{:.2f}")
        ax.set_xlabel("share of the asking token's attention;  framed: the largest of its row")
        set_title(figure, title)
    return figure


def one_mean(share: float = 0.5) -> Figure:
    """How much of two numbers a and b can be told from share·a + (1 - share)·b, for every share; one is marked.

    Explained variance of the best linear guess, for independent a and b of the same size: share² / (share² +
    (1 - share)²) of the one, and the rest of the whole of the other. The two always sum to 1.
    """
    shares = np.linspace(0, 1, 201)
    first = shares**2 / (shares**2 + (1 - shares) ** 2)
    here = share**2 / (share**2 + (1 - share) ** 2)
    with course_style():
        figure = Figure(figsize=(10, 4.6))
        ax = figure.subplots()
        ax.plot(shares, first, color=COLOURS["blue"], label="of a")
        ax.plot(shares, 1 - first, color=COLOURS["vermilion"], linestyle="--", label="of b")
        ax.plot(shares, np.full_like(shares, 0.5), color=INK, linestyle=":", label="mean of the two")
        ax.axvline(share, color=QUIET, linewidth=1)
        for value, mark, colour in ((here, "o", "blue"), (1 - here, "s", "vermilion")):
            ax.plot(share, value, mark, color=COLOURS[colour], markersize=10, clip_on=False)
        ax.set(xlim=(0, 1), ylim=(0, 1.04), xlabel="share of the weight on a; b has the rest")
        ax.set_ylabel("what can be told (share of variance)")
        figure.legend(loc="outside right center")
        set_title(figure, f"From one mean: {here:.0%} of a and {1 - here:.0%} of b, half of the two")
    return figure


def cut_picture(words: list[str], width: int, cuts: Mapping[str, Float[Tensor, "head position d_head"]]) -> Figure:
    """Where each number of some tokens' vectors goes when the vectors are cut into heads.

    `cuts`: by name, the numbers 0, 1, 2, … of all tokens after the cut. A cell says whose number it is (the word's
    first letter) and which; its shade is that of its token.
    """
    whole = np.arange(len(words) * width).reshape(len(words), width)
    panels = [("x: a row for each token", whole)]
    panels += [(f"{name}\nhead {h}", part.numpy()) for name, cut in cuts.items() for h, part in enumerate(cut)]
    with course_style():
        figure = Figure(figsize=(13, 1.9 + 0.5 * len(words)))
        axes = figure.subplots(1, len(panels), width_ratios=[panel.shape[1] for _, panel in panels], squeeze=False)
        for ax, (name, panel) in zip(axes.flat, panels, strict=True):
            numbers = panel.astype(int)
            drawn = ax.imshow(numbers // width, cmap=MAGNITUDE, vmin=0, vmax=len(words) - 0.4, aspect="auto")
            for (row, column), number in np.ndenumerate(numbers):
                token, place = divmod(int(number), width)
                colour = readable_on(drawn.to_rgba(token))
                ax.text(column, row, f"{words[token][0]}{place}", ha="center", va="center", color=colour, fontsize=13)
            ax.set_title(name, fontsize=13, fontweight="normal", loc="center")
            ax.set(xticks=[], yticks=[])
            ax.spines[:].set_visible(False)
        axes.flat[0].set_yticks(range(len(words)), words)
        axes.flat[0].tick_params(length=0)
        set_title(figure, "Cut the width of every token: a view alone cuts across the tokens")
    return figure
