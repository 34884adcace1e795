"""A loss of two numbers as a map, with the paths that optimizers take on it."""

from collections.abc import Mapping
from typing import Any

import numpy as np
from matplotlib.axes import Axes
from matplotlib.colors import BoundaryNorm
from matplotlib.figure import Figure

from llmcourse.analysis.surfaces import Surface
from llmcourse.training.descent import Path
from llmcourse.viz.curves import LOOKS
from llmcourse.viz.style import COLOURS, INK, course_style, set_title

BRIGHT = {"blue": "#56b4e9", "black": "#ffffff"}  # what can be seen on a dark map


def landscape(
    surface: Surface,
    paths: Mapping[str, Path] | None = None,
    *,
    title: str,
    points: int = 61,
    levels: int = 18,
    finest: float = 1e-3,
) -> Figure:
    """The map, dark where the loss is low, and up to six named paths from a common start.

    The contours divide the range of the loss into equal factors, so that the bottom of a valley can be seen as well as
    its walls; what lies less than `finest` of the whole range above the lowest point is all
    bottom. A star marks the minimum where it is known. A path that leaves the map goes on outside of the picture.
    """
    with course_style():
        figure = Figure(figsize=(9.5, 6))
        ax = figure.subplots()
        colours = draw_map(ax, surface, points, levels, finest)
        bar = figure.colorbar(colours, ax=ax, label="loss", format="%.3g", pad=0.02, spacing="uniform")
        bar.set_ticks(colours.levels[1::4])
        for (name, path), look in zip((paths or {}).items(), LOOKS, strict=False):
            draw_path(ax, path, name, look)
        if paths:
            start = next(iter(paths.values())).points[0]
            ax.plot(*start.tolist(), marker="o", markersize=13, color="white", markeredgecolor=INK, linestyle="none")
            ax.annotate(
                "start",
                (start[0].item(), start[1].item()),
                (10, 8),
                textcoords="offset points",
                color="white",
                fontweight="bold",
            )
            figure.legend(loc="outside lower center", ncols=3, frameon=False)
        set_title(figure, title)
    return figure


def draw_map(ax: Axes, surface: Surface, points: int, levels: int, finest: float) -> Any:
    """Filled contours of the surface and its labels; returns what a colour bar needs."""
    x, y, losses = (tensor.numpy() for tensor in surface.grid(points))
    bottom_loss, height = losses.min(), max(np.ptp(losses), 1e-12)
    edges = bottom_loss + height * np.geomspace(finest, 1, levels)
    edges = np.array([bottom_loss - 1e-12, *edges])
    colours = ax.contourf(x, y, losses, edges, cmap="viridis", norm=BoundaryNorm(edges, 256))
    ax.contour(x, y, losses, edges[1:], colors="white", linewidths=0.4, alpha=0.5)
    left, right, bottom, top = surface.window
    ax.set(xlim=(left, right), ylim=(bottom, top), xlabel=surface.labels[0], ylabel=surface.labels[1])
    if surface.minimum is not None:
        star = {"marker": "*", "markersize": 20, "color": "white", "markeredgecolor": INK, "linestyle": "none"}
        ax.plot(*surface.minimum, zorder=5, **star)  # type: ignore[arg-type]
    return colours


def draw_path(ax: Axes, path: Path, name: str, look: tuple[str, Any, str]) -> None:
    """One path: its dashes, its marker at each step."""
    colour, dashes, marker = look
    x, y = path.points.T.tolist()
    shown = BRIGHT.get(colour, COLOURS[colour])
    style: dict[str, Any] = {"color": shown, "linestyle": dashes, "marker": marker, "markersize": 5, "linewidth": 2}
    ax.plot(x, y, label=f"{name}: loss {path.losses[-1].item():.3g}", markeredgecolor=INK, markeredgewidth=0.5, **style)
