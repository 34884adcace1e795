"""A grid of shares with its numbers in it: how much comes back when each place of each layer is patched."""

from collections.abc import Sequence

import matplotlib as mpl
from jaxtyping import Float
from matplotlib.figure import Figure
from torch import Tensor

from llmcourse.errors import CourseError
from llmcourse.viz.plots import named
from llmcourse.viz.style import MAGNITUDE, course_style, readable_on, set_title


def share_grid(
    shares: Float[Tensor, "row column"],
    rows: Sequence[str],
    columns: Sequence[str],
    *,
    title: str,
    label: str = "share that comes back",
    x: str = "",
    y: str = "",
) -> Figure:
    """One cell for each share, from 0 to 1; the first row stands at the bottom, as the first layer does in a model.

    Raises CourseError when there are not as many names as rows or columns.
    """
    if shares.shape != (len(rows), len(columns)):
        raise CourseError(
            f"{len(rows)} rows and {len(columns)} columns are named; the shares are {tuple(shares.shape)}"
        )
    with course_style():
        figure = Figure(figsize=(3.4 + 1.05 * len(columns), 1.9 + 0.62 * len(rows)))
        ax = figure.subplots()
        image = ax.imshow(shares.numpy(), vmin=0, vmax=1, cmap=MAGNITUDE, aspect="auto", origin="lower")
        colours = mpl.colormaps[MAGNITUDE]
        for row in range(len(rows)):
            for column in range(len(columns)):
                share = float(shares[row, column])
                ink = readable_on(colours(min(1.0, max(0.0, share))))
                ax.text(column, row, f"{share:.2f}".replace("-0.00", "0.00"), ha="center", va="center", color=ink)
        ax.set_xticks(range(len(columns)), [named(name) for name in columns])
        ax.set_yticks(range(len(rows)), rows)
        ax.set(xlabel=x, ylabel=y)
        ax.tick_params(length=0)
        figure.colorbar(image, ax=ax, label=label, fraction=0.05, pad=0.03)
        set_title(figure, title)
    return figure
