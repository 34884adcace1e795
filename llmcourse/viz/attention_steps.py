"""Attention before any model: the steps of the formula as matrices, and a query turning among keys in a plane."""

import math
from collections.abc import Sequence

import numpy as np
import torch
from jaxtyping import Bool, Float
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from torch import Tensor

from llmcourse.model.attention import attention_scores, attention_weights
from llmcourse.viz.style import COLOURS, INK, MAGNITUDE, QUIET, course_style, readable_on, set_title


def attention_steps(
    q: Float[Tensor, "query d_head"],
    k: Float[Tensor, "key d_head"],
    v: Float[Tensor, "key d_value"],
    tokens: Sequence[str],
    mask: Bool[Tensor, "query key"] | None = None,
    *,
    key_tokens: Sequence[str] | None = None,
    title: str = "Scores, then weights, then a mean of the values",
) -> Figure:
    """The matrices of scaled dot-product attention side by side, with their numbers. Forbidden scores are hatched.

    `key_tokens`: the tokens looked at, where they are not those that look (cross-attention).
    """
    scores = attention_scores(q, k)
    weights = attention_weights(scores, mask)
    queries, keys = list(tokens), list(tokens if key_tokens is None else key_tokens)
    dims = [f"dim {i}" for i in range(v.shape[-1])]
    steps = [
        ("scores  q·k / √d", scores, queries, keys, mask),
        ("weights (rows sum to 1)", weights, queries, keys, mask),
        ("values", v, keys, dims, None),
        ("output", weights @ v, queries, dims, None),
    ]
    with course_style():
        figure = Figure(figsize=(12.5, 1.9 + 0.55 * max(len(queries), len(keys))))
        widths = [max(2.6, matrix.shape[-1]) for _, matrix, *_ in steps]
        axes = figure.subplots(1, 4, width_ratios=widths)
        for ax, (name, matrix, rows, columns, shown) in zip(axes, steps, strict=True):
            draw_matrix(ax, matrix, rows, columns, shown)
            ax.set_title(name, fontsize=13, fontweight="normal", loc="center")
        set_title(figure, title)
    return figure


def draw_matrix(
    ax: Axes, matrix: Tensor, rows: Sequence[str], columns: Sequence[str], mask: Tensor | None = None
) -> None:
    """A matrix with each number in its cell; cells that a mask forbids are hatched and hold none."""
    values = matrix.detach().numpy().astype(float)
    image = ax.imshow(values, cmap=MAGNITUDE, aspect="auto")
    for (row, column), value in np.ndenumerate(values):
        if mask is not None and not mask[row, column]:
            ax.add_patch(_hatched(row, column))
        else:
            ink = readable_on(image.cmap(image.norm(value)))  # type: ignore[arg-type]
            ax.text(column, row, f"{value:.2f}", ha="center", va="center", color=ink, fontsize=12)
    ax.set_xticks(range(len(columns)), columns, fontsize=12)
    ax.set_yticks(range(len(rows)), rows, fontsize=12)
    ax.tick_params(length=0)
    ax.spines[:].set_visible(False)


def _hatched(row: int, column: int):  # type: ignore[no-untyped-def]
    from matplotlib.patches import Rectangle

    return Rectangle((column - 0.5, row - 0.5), 1, 1, facecolor="white", edgecolor=QUIET, hatch="///", linewidth=0)


#: Four keys of length 1 at these angles, each with the name of what its value holds.
KEYS = {"who": 20.0, "where": 110.0, "what": 200.0, "when": 290.0}


def query_among_keys(angle: float = 35.0, length: float = 2.0) -> Figure:
    """A query as an arrow among four keys, and the share of attention that each key gets.

    angle:  the direction of the query, in degrees
    length: its length; the longer it is, the more the best key takes
    """
    turns = {name: math.radians(degrees) for name, degrees in KEYS.items()}
    k = torch.tensor([[math.cos(turn), math.sin(turn)] for turn in turns.values()])
    query = length * torch.tensor([[math.cos(math.radians(angle)), math.sin(math.radians(angle))]])
    weights = attention_weights(attention_scores(query, k))[0].tolist()
    with course_style():
        figure = Figure(figsize=(10, 4.4))
        plane, shares = figure.subplots(1, 2, width_ratios=[1, 1.2])
        for (name, turn), weight in zip(turns.items(), weights, strict=True):
            x, y = math.cos(turn), math.sin(turn)
            thick = {"arrowstyle": "->", "color": COLOURS["blue"], "lw": 1 + 6 * weight}
            plane.annotate("", (x, y), (0, 0), arrowprops=thick)
            plane.text(1.25 * x, 1.25 * y, name, ha="center", va="center")
        # A very long query would make the keys too small to see: it is drawn up to twice a key's length.
        x, y = (query[0] * min(1.0, 2 / max(length, 1e-9))).tolist()
        arrow = {"arrowstyle": "-|>", "color": COLOURS["vermilion"], "lw": 2.5, "linestyle": "--"}
        plane.annotate("", (x, y), (0, 0), arrowprops=arrow)
        plane.text(1.12 * x + 0.1, 1.12 * y + 0.15, f"query, {length:g} long", color=INK, fontweight="bold")
        plane.spines[:].set_visible(False)
        plane.set(xlim=(-2.5, 2.5), ylim=(-2.5, 2.5), aspect="equal", xticks=[], yticks=[])
        drawn = shares.barh(list(KEYS), weights, color=COLOURS["blue"], height=0.6)
        shares.bar_label(drawn, [f"{weight:.2f}" for weight in weights], padding=5)
        shares.axvline(0.25, color=INK, linestyle="--", linewidth=1.4, label="all alike")
        shares.set(xlim=(0, 1.12), xlabel="attention weight")
        shares.invert_yaxis()
        shares.legend(loc="lower right")
        best = max(zip(weights, KEYS, strict=True))[1]
        set_title(figure, f"The query leans towards “{best}”" if length else "A query of no length prefers nothing")
    return figure
