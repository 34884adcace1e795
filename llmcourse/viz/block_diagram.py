"""A block as a drawing: the residual stream goes straight up, and each part reads from it and adds to it."""

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import FancyBboxPatch

from llmcourse.viz.style import COLOURS, INK, course_style, set_title

PARTS = {"attention": "attention:\nlisten to other tokens", "feedforward": "feed-forward:\nthink on one's own"}
STREAM, SIDE = 0.0, 2.3  # where the stream and the parts stand, from left to right


def block_diagram(wirings: tuple[str, ...] = ("pre", "post"), *, title: str = "Each part reads, and adds") -> Figure:
    """Blocks side by side, one for each wiring: "pre" or "post" norm."""
    with course_style():
        figure = Figure(figsize=(5.2 * len(wirings) + 0.4, 6.2))
        for ax, wiring in zip(figure.subplots(1, len(wirings), squeeze=False)[0], wirings, strict=True):
            draw_block(ax, wiring)
        set_title(figure, title)
    return figure


def draw_block(ax: Axes, wiring: str) -> None:
    names = {"pre": "pre-norm: the stream is left alone", "post": "post-norm: norms stand across the stream"}
    ax.set_title(names[wiring], fontsize=13, fontweight="normal", loc="center")
    for base, part in ((0.0, "attention"), (5.0, "feedforward")):
        draw_half(ax, base, part, wiring)
    arrow(ax, (STREAM, 10.0), (STREAM, 10.7))
    ax.text(STREAM, -0.75, "x, one vector for each token", ha="center", va="top", fontsize=12)
    ax.text(STREAM, 10.85, "x, for the next block", ha="center", va="bottom", fontsize=12)
    ax.set(xlim=(-1.6, 4.1), ylim=(-1.5, 11.6))
    ax.set_axis_off()


def draw_half(ax: Axes, base: float, part: str, wiring: str) -> None:
    """One part with its norm and its addition, from `base` upwards."""
    start = base - 0.6 if base == 0 else base
    fork, meet = base + 0.35, base + 3.9
    ax.plot([STREAM, STREAM], [start, meet - 0.28], color=COLOURS["blue"], linewidth=6, solid_capstyle="butt")
    ax.plot([STREAM, SIDE], [fork, fork], color=INK, linewidth=1.6)
    if wiring == "pre":
        arrow(ax, (SIDE, fork), (SIDE, base + 0.95))
        box(ax, SIDE, base + 1.3, "norm", "sky", height=0.7)
        arrow(ax, (SIDE, base + 1.65), (SIDE, base + 2.05))
    else:
        arrow(ax, (SIDE, fork), (SIDE, base + 2.05))
    box(ax, SIDE, base + 2.75, PARTS[part], "orange", height=1.4)
    ax.plot([SIDE, SIDE], [base + 3.45, meet], color=INK, linewidth=1.6)
    arrow(ax, (SIDE, meet), (STREAM + 0.24, meet))
    ax.text(STREAM, meet, "+", ha="center", va="center", fontsize=17, fontweight="bold",
            bbox={"boxstyle": "circle,pad=0.18", "facecolor": "white", "edgecolor": INK, "linewidth": 1.6})  # fmt: skip
    ax.plot([STREAM, STREAM], [meet + 0.35, base + 5.0], color=COLOURS["blue"], linewidth=6, solid_capstyle="butt")
    if wiring == "post":
        box(ax, STREAM, base + 4.72, "norm", "sky", height=0.6)


def box(ax: Axes, x: float, y: float, words: str, colour: str, *, height: float) -> None:
    width = 1.7 if "\n" not in words else 3.1
    shape = FancyBboxPatch((x - width / 2, y - height / 2), width, height, boxstyle="round,pad=0,rounding_size=0.14")
    shape.set(facecolor="white", edgecolor=COLOURS[colour], linewidth=2.2, zorder=3)
    ax.add_patch(shape)
    ax.text(x, y, words, ha="center", va="center", fontsize=11.5, zorder=4)


def arrow(ax: Axes, start: tuple[float, float], end: tuple[float, float]) -> None:
    ax.annotate("", end, start, arrowprops={"arrowstyle": "-|>", "color": INK, "lw": 1.6, "shrinkA": 0, "shrinkB": 0})
