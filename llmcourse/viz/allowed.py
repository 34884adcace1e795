"""Masks side by side: who may look at whom."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from llmcourse.errors import CourseError
from llmcourse.viz.cells import as_matrix, visible
from llmcourse.viz.style import COLOURS, QUIET, course_style, set_title


def allowed(
    masks: Mapping[str, Any], tokens: Sequence[str], *, title: str, x: str = "may look at", y: str = "looks from"
) -> Figure:
    """Each mask [query, key] as a square of cells: filled with a dot where a token may look, empty where it may not.
    `x` and `y` name the axes.

    Raises CourseError when a mask does not fit the tokens.
    """
    n = len(tokens)
    matrices = {name: as_matrix(mask) for name, mask in masks.items()}
    for name, matrix in matrices.items():
        if matrix.shape != (n, n):
            raise CourseError(f"the mask {name!r} is {' × '.join(map(str, matrix.shape))}, but there are {n} tokens")
    with course_style():
        figure = Figure(figsize=(5.3 * len(masks), 5.4))
        for ax, (name, matrix) in zip(figure.subplots(1, len(masks), squeeze=False)[0], matrices.items(), strict=True):
            for query, key in np.argwhere(matrix > 0):
                ax.add_patch(Rectangle((key - 0.46, query - 0.46), 0.92, 0.92, facecolor=COLOURS["sky"], alpha=0.75))
                ax.plot(key, query, marker="o", markersize=5, color=COLOURS["blue"])
            names = [visible(token) for token in tokens]
            ax.set_xticks(range(n), names, rotation=90)
            ax.set_yticks(range(n), names)
            ax.set(xlim=(-0.5, n - 0.5), ylim=(n - 0.5, -0.5), aspect="equal", xlabel=x, ylabel=y)
            ax.set_title(name, fontsize=14)
            ax.tick_params(length=0)
            for side in ax.spines.values():
                side.set(visible=True, color=QUIET, linewidth=0.8)
        set_title(figure, title)
    return figure
