"""One word with two meanings, layer by layer: each of its occurrences as a point, with a marker for what is meant."""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from jaxtyping import Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor

from llmcourse.errors import CourseError
from llmcourse.viz.style import COLOURS, INK, course_style, set_title
from llmcourse.viz.word_map import flattened

LOOKS = (("blue", "o"), ("vermilion", "^"), ("green", "s"))


def sense_map(
    layers: Mapping[str, Float[Tensor, "occurrence d_model"]], meanings: Sequence[str], *, title: str
) -> Figure:
    """A panel for each layer, from the side on which its vectors differ most; the drawing does not know the meanings.

    Where all vectors are one and the same, that is said instead of drawn. Raises CourseError for a number of meanings
    that does not fit the vectors.
    """
    for name, vectors in layers.items():
        if len(vectors) != len(meanings):
            raise CourseError(f"{len(meanings)} meanings for {len(vectors)} vectors of {name}: one for each is needed")
    columns = min(len(layers), 5)
    rows = -(-len(layers) // columns)
    with course_style():
        figure = Figure(figsize=(13, 3.0 * rows + 1.3))
        grid = figure.subplots(rows, columns, squeeze=False).flatten()
        for ax in grid[len(layers) :]:
            ax.set_axis_off()
        for ax, (name, vectors) in zip(grid, layers.items(), strict=False):
            draw_layer(ax, name, vectors, meanings)
        handles, names = grid[0].get_legend_handles_labels()
        figure.legend(handles, names, loc="outside lower center", ncols=len(names))
        set_title(figure, title)
    return figure


def draw_layer(ax: Axes, name: str, vectors: Float[Tensor, "occurrence d_model"], meanings: Sequence[str]) -> None:
    same = bool((vectors - vectors[0]).abs().max() < 1e-4)
    places, share = (torch.zeros(len(vectors), 2), 1.0) if same else flattened(vectors)
    for (colour, marker), meaning in zip(LOOKS, sorted(set(meanings)), strict=False):
        mine = places[[each == meaning for each in meanings]]
        style: dict[str, Any] = {"facecolor": "none", "edgecolor": COLOURS[colour], "linewidth": 1.2}
        ax.scatter(mine[:, 0], mine[:, 1], s=42, marker=marker, label=meaning, **style)
    seen = "all in one point" if same else f"{share:.0%} of the differences"
    ax.set_title(f"{name}\n({seen})", fontsize=12, loc="left", fontweight="normal", color=INK)
    ax.set(xticks=[], yticks=[])
    ax.margins(0.12)
