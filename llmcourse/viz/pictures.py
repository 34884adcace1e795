"""Still pictures of the interactive attention views: for paper, for GitHub, for a notebook that is not trusted."""

import math
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.colors import to_rgba
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from llmcourse.viz.cells import draw_cells
from llmcourse.viz.style import COLOURS, INK, QUIET, Picture, course_style, set_title
from llmcourse.viz.weights import AttentionMap

FAINTEST = 0.05  # lines for weights below this are left out: there are thousands of them
LINK_LINE = {"color": INK, "linestyle": (0, (4, 3)), "linewidth": 1.8}


MANY_TOKENS = 40  # from here on smaller type


def head_picture(
    attention: AttentionMap, layer: int, links: Sequence[tuple[int, int]], title: str, alt: str
) -> Picture:
    """The heads of one layer side by side: from each token on the left, lines to the tokens it looks at."""
    heads, labels = attention.heads, attention.labels
    columns = min(len(heads), 4)
    rows = math.ceil(len(heads) / columns)
    row_height, font = (0.27, 12.0) if len(labels) <= MANY_TOKENS else (0.21, 9.5)
    with course_style():
        figure = Figure(figsize=(max(5.0, 3.0 * columns), rows * (row_height * len(labels) + 0.7) + 1.0))
        grid = figure.subplots(rows, columns, squeeze=False)
        for ax, head in zip(grid.flat, heads, strict=False):
            draw_lines(ax, attention.head(layer, head).numpy(), links)
            ax.set_title(f"Head {layer}.{head}", fontsize=14, loc="center", pad=6)
            for x, side in ((-0.04, "right"), (1.04, "left")):
                for position, label in enumerate(labels):
                    ax.text(x, position, label, ha=side, va="center", fontsize=font)
        for ax in grid.flat[len(heads) :]:
            ax.set_axis_off()
        set_title(figure, title)
        if links:
            handle = Line2D([], [], **LINK_LINE)  # type: ignore[arg-type]
            figure.legend([handle], ["dashed: the story's true link"], loc="outside lower left", handlelength=3)
    # Crossing half-transparent lines compress badly, but they are all shades of one blue.
    return Picture.of(figure, alt, pixel_ratio=1.5 if len(labels) <= MANY_TOKENS else 1.0, colours=24)


def draw_lines(ax: Axes, weights: np.ndarray, links: Sequence[tuple[int, int]]) -> None:
    """Lines from x=0 (queries) to x=1 (keys), the more solid the larger the weight; dashes for the true links."""
    strong = [(query, key) for query, key in np.ndindex(*weights.shape) if weights[query, key] >= FAINTEST]
    colours = [to_rgba(COLOURS["blue"], min(1.0, float(weights[cell]))) for cell in strong]
    ax.add_collection(LineCollection([[(0, query), (1, key)] for query, key in strong], colors=colours, linewidths=2.4))
    for query, key in links:
        ax.plot([0, 1], [query, key], **LINK_LINE)  # type: ignore[arg-type]
    ax.set(xlim=(-0.75, 1.75), ylim=(max(weights.shape) - 0.5, -0.5))
    ax.set_axis_off()


def model_picture(attention: AttentionMap, links: Sequence[tuple[int, int]], title: str, alt: str) -> Picture:
    """Every head as a small heat map: a row for each layer, a column for each head."""
    rows, columns = len(attention.layers), len(attention.heads)
    side = min(2.4, 10.5 / columns)  # inches
    with course_style():
        figure = Figure(figsize=(max(4.0, side * columns + 1.9), side * rows + 1.9), layout="compressed")
        grid = figure.subplots(rows, columns, squeeze=False)
        for row, layer in enumerate(attention.layers):
            for column, head in enumerate(attention.heads):
                ax = grid[row, column]
                drawn = draw_cells(ax, attention.head(layer, head).numpy(), links=links, top=1.0, line=0.9)
                ax.set(xticks=[], yticks=[])
                if row == 0:
                    ax.set_title(f"head {head}", fontsize=13, fontweight="normal", loc="center", pad=5)
                if column == 0:
                    ax.set_ylabel(f"layer {layer}", fontsize=13)
        figure.colorbar(drawn, ax=grid, label="attention weight", shrink=0.7, pad=0.02, ticks=[0, 0.5, 1])
        note = "each square: looks from ↓, looks at →" + ("; outlined: the story's true links" if links else "")
        figure.supxlabel(note, x=0.01, ha="left", fontsize=13, color=QUIET)
        set_title(figure, title)
    return Picture.of(figure, alt)


# What the pictures show, in words. They quote no weights: the words are stored in the notebook and compared when it is
# executed again, on any machine.


def head_alt(attention: AttentionMap, layer: int, linked: bool) -> str:
    dashes = " Dashed lines mark the story's true links." if linked else ""
    return (
        f"Head view of layer {layer}: for each of its heads, the {len(attention.tokens)} tokens in two columns, and "
        "lines from each token on the left to those it looks at on the right, more solid the larger the weight."
        f"{dashes}"
    )


def model_alt(attention: AttentionMap, linked: bool) -> str:
    outlines = " Outlined cells mark the story's true links." if linked else ""
    return (
        f"Model view: the attention weights of every head as a small heat map over {len(attention.tokens)} tokens, "
        f"{len(attention.layers)} layers from top to bottom, {len(attention.heads)} heads from left to right.{outlines}"
    )


def heatmap_alt(queries: int, keys: int, linked: bool) -> str:
    outlines = " Outlined cells mark the true links." if linked else ""
    return f"Heat map of attention weights: {queries} tokens look (rows), {keys} are looked at (columns).{outlines}"
