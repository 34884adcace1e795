"""Who can influence whom, drawn twice: as a matrix, and as lines from what a model reads up to what it makes of it."""

from collections.abc import Mapping, Sequence
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle
from torch import Tensor

from llmcourse.errors import CourseError
from llmcourse.viz.style import COLOURS, INK, QUIET, course_style, set_title

OFF = 0.09  # how far lines keep from the tokens


class Flow(NamedTuple):
    """What gets where. Row i of `reach` says which inputs get to output i."""

    reach: Tensor  # booleans, output input
    tokens: Sequence[str]
    n_read: int = 0  # how many of the tokens, from the first, are the text of the encoder


def flows(panels: Mapping[str, Flow], *, title: str, chosen: int | None = None) -> Figure:
    """Each flow as a matrix above and as lines below. With `chosen`, the lines from that input token stand out.

    Raises CourseError when a matrix and its tokens do not fit, and for a token that is not there.
    """
    for name, flow in panels.items():
        n = len(flow.tokens)
        if tuple(flow.reach.shape) != (n, n):
            raise CourseError(f"{name!r} has {n} tokens and a matrix of shape {tuple(flow.reach.shape)}: they must fit")
        if chosen is not None and not 0 <= chosen < n:
            raise CourseError(f"{name!r} has no token {chosen}: its tokens are numbered from 0 to {n - 1}")
    with course_style():
        figure = Figure(figsize=(1.2 + 4.1 * len(panels), 6.6))
        grid = figure.subplots(2, len(panels), squeeze=False, height_ratios=(1.45, 1))
        for column, (name, flow) in enumerate(panels.items()):
            matrix, lines = grid[0, column], grid[1, column]
            draw_reach(matrix, flow, chosen)
            matrix.set_title(name, fontsize=14, loc="center", pad=8)
            draw_paths(lines, flow, chosen)
            if column == 0:
                matrix.set_ylabel("changes the output at …", fontsize=12)
            matrix.set_xlabel("this input …", fontsize=12)
        set_title(figure, title)
    return figure


def draw_reach(ax: Axes, flow: Flow, chosen: int | None) -> None:
    """A filled cell where something gets through, a hatched one where nothing does."""
    n = len(flow.tokens)
    for output in range(n):
        for source in range(n):
            open_ = bool(flow.reach[output, source])
            look = {"facecolor": COLOURS["blue"]} if open_ else {"facecolor": "white", "hatch": "///"}
            faint = chosen is not None and source != chosen
            ax.add_patch(Rectangle((source - 0.45, output - 0.45), 0.9, 0.9, edgecolor=QUIET, linewidth=0.6,
                                   alpha=0.3 if faint else 1, **look))  # type: ignore[arg-type] # fmt: skip
    if flow.n_read:
        for line in (ax.axhline, ax.axvline):
            line(flow.n_read - 0.5, color=INK, linewidth=2)
    ax.set(xlim=(-0.5, n - 0.5), ylim=(n - 0.5, -0.5), aspect="equal")
    ax.set_xticks(range(n), flow.tokens, rotation=90, fontsize=12)
    ax.set_yticks(range(n), flow.tokens, fontsize=12)
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)


def draw_paths(ax: Axes, flow: Flow, chosen: int | None) -> None:
    """Inputs below, outputs above, a line where something gets through."""
    n = len(flow.tokens)
    # A gap between the text that is read and the one that is written.
    x = [place + (0.6 if flow.n_read and place >= flow.n_read else 0.0) for place in range(n)]
    for output in range(n):
        for source in range(n):
            if flow.reach[output, source]:
                strong = chosen is None or source == chosen
                crosses = source < flow.n_read <= output
                ax.plot([x[source], x[output]], [OFF, 1 - OFF], color=COLOURS["vermilion" if crosses else "blue"],
                        linestyle="--" if crosses else "-", linewidth=1.5 if strong else 0.8,
                        alpha=(0.75 if chosen is None else 1) if strong else 0.15)  # fmt: skip
    reached = [chosen is not None and bool(flow.reach[output, chosen]) for output in range(n)]
    for place in range(n):
        ax.plot(x[place], 1, "o", markersize=11, color=INK, markerfacecolor=INK if reached[place] else "white")
        ax.plot(x[place], 0, "s", markersize=9, color=INK, markerfacecolor=INK if place == chosen else "white")
    ax.text(-0.75, 1, "outputs", ha="right", va="center", fontsize=12)
    ax.text(-0.75, 0, "inputs", ha="right", va="center", fontsize=12)
    ax.set_xlim(-2.2, x[-1] + 0.8)
    ax.set_ylim(-0.2, 1.2)
    ax.set_axis_off()
