"""A matrix as coloured cells, with tokens on both axes: attention weights, scores, similarities."""

from collections.abc import Iterable, Sequence
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle
from matplotlib.patheffects import Normal, Stroke

from llmcourse.errors import CourseError
from llmcourse.viz.style import INK, MAGNITUDE, QUIET, course_style, readable_on, set_title

Links = Iterable[tuple[int, int]]
MARKS = {" ": "␣", "\n": "⏎", "\t": "⇥"}  # tokens that would be invisible on an axis
NUMBERS_UP_TO = 10  # tokens: matrices of this size have their values written into the cells


def visible(token: str) -> str:
    """The token as it can be read on an axis: a space, a line break and a tab get a sign."""
    return "".join(MARKS.get(character, character) for character in token)


def as_matrix(weights: Any) -> np.ndarray:
    """A [query, key] array of a tensor, an array or nested lists."""
    if hasattr(weights, "detach"):
        weights = weights.detach().cpu()
    matrix = np.asarray(weights, dtype=float)
    if matrix.ndim != 2:
        raise CourseError(f"a heat map shows one [query, key] matrix, not shape {list(matrix.shape)}: pick one head")
    return matrix


def token_heatmap(
    weights: Any,
    tokens: Sequence[str],
    *,
    key_tokens: Sequence[str] | None = None,
    title: str = "Where each token looks",
    label: str = "attention weight",
    links: Links | None = None,
    links_label: str = "the story's true link",
) -> Figure:
    """A [query, key] matrix as coloured cells, tokens on both axes; `links` are (query, key) cells to outline.

    Cells that are exactly 0, which is what a mask makes of them, stay white. Raises CourseError when the tokens do not
    fit the matrix.
    """
    matrix = as_matrix(weights)
    keys = tokens if key_tokens is None else key_tokens
    if matrix.shape != (len(tokens), len(keys)):
        rows, columns = matrix.shape
        raise CourseError(
            f"the weights are {rows} × {columns}, but the tokens {len(tokens)} × {len(keys)}: they must fit"
        )
    cell = float(np.clip(9 / max(len(tokens), len(keys)), 0.2, 0.62))  # inches
    with course_style():
        font = float(np.clip(cell * 44, 9.5, 14))
        letter = 0.6 * font / 72  # inches
        left = letter * max(map(len, tokens)) + 2.3  # labels, and the colour bar on the other side
        upright = letter * max(map(len, keys)) if len(keys) > 6 else 0.2
        size = (max(5.2, cell * len(keys) + left), max(3.2, cell * len(tokens) + upright + (1.7 if links else 1.3)))
        figure = Figure(figsize=size, layout="compressed")
        ax = figure.subplots()
        drawn = draw_cells(ax, matrix, links=links, line=2.4)
        ax.set_xticks(range(len(keys)), [visible(t) for t in keys], rotation=90 if len(keys) > 6 else 0, fontsize=font)
        ax.set_yticks(range(len(tokens)), [visible(t) for t in tokens], fontsize=font)
        ax.set(xlabel="looks at (key)", ylabel="looks from (query)")
        set_title(figure, title)
        figure.colorbar(drawn, ax=ax, label=label, shrink=0.8, pad=0.02)
        if max(matrix.shape) <= NUMBERS_UP_TO:
            for (query, key), value in np.ndenumerate(matrix):
                if value != 0:
                    colour = readable_on(drawn.to_rgba(value))
                    ax.text(key, query, f"{value:.2f}".lstrip("0"), ha="center", va="center", color=colour, fontsize=12)
        if links:
            handle = Line2D([], [], marker="s", markersize=13, color="none", markeredgecolor=INK, markeredgewidth=2.4)
            figure.legend([handle], [f"outlined: {links_label}"], loc="outside lower left")
    return figure


def draw_cells(
    ax: Axes, matrix: np.ndarray, *, links: Links | None = None, top: float | None = None, line: float = 1.6
) -> Any:
    """The cells of one matrix on these axes, outlined in black on white where there is a link."""
    shown = np.ma.masked_where(matrix == 0, matrix)
    top = top or max(float(matrix.max(initial=0)), 1e-9)
    drawn = ax.imshow(shown, cmap=MAGNITUDE, vmin=0, vmax=top, aspect="equal")
    for query, key in links or ():
        outline = Rectangle((key - 0.5, query - 0.5), 1, 1, fill=False, edgecolor=INK, linewidth=line)
        outline.set_path_effects([Stroke(linewidth=2.4 * line, foreground="white"), Normal()])
        ax.add_patch(outline)
    for side in ax.spines.values():
        side.set(visible=True, color=QUIET, linewidth=0.8)
    ax.tick_params(length=0)
    return drawn
