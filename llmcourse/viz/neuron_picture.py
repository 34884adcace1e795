"""The neuron view as a still picture: one token's query, all keys, their products, scores and weights."""

import math
from collections.abc import Sequence

import numpy as np
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from llmcourse.viz.style import COLOURS, INK, MAGNITUDE_ALTERNATIVE, QUIET, Picture, course_style, set_title
from llmcourse.viz.weights import NeuronMap


def neuron_picture(
    neurons: NeuronMap, layer: int, head: int, query: int, links: Sequence[tuple[int, int]], title: str, alt: str
) -> Picture:
    """From left to right as it is computed: query and keys, products, score, weight. A row for each key.

    Only keys that the query may see have a row.
    """
    attention = neurons.attention
    queries, keys = (vectors.numpy() for vectors in neurons.head(layer, head))
    weights = attention.head(layer, head)[query].numpy()
    seen = np.arange(query + 1)  # a GPT's token sees itself and those before it
    labels = [attention.labels[place] for place in seen]
    products = queries[query] * keys[seen]  # key d_head
    scores = products.sum(axis=-1) / math.sqrt(keys.shape[-1])
    with course_style():
        figure = Figure(figsize=(12.5, 2.6 + 0.27 * len(seen)))
        grid = figure.add_gridspec(2, 4, width_ratios=(3.4, 3.4, 1.5, 1.5), height_ratios=(1, max(1, len(seen))))
        top = float(np.abs(np.concatenate([queries[query], keys[seen].ravel()])).max()) or 1.0
        first = figure.add_subplot(grid[0, 0])
        draw_numbers(first, queries[query][None], top)
        first.set_yticks([0], [attention.labels[query]], fontsize=12)
        first.set_title(f"query q of “{attention.labels[query]}”", fontsize=13, fontweight="normal", loc="center")
        left = figure.add_subplot(grid[1, 0])
        drawn = draw_numbers(left, keys[seen], top)
        left.set_yticks(range(len(seen)), labels, fontsize=12)
        left.set_xlabel(f"keys k: {keys.shape[-1]} numbers each")
        middle = figure.add_subplot(grid[1, 1])
        draw_numbers(middle, products, float(np.abs(products).max()) or 1.0)
        middle.set_xlabel("products q × k, number by number")
        legend = figure.add_subplot(grid[0, 1])
        legend.set_axis_off()
        bar = figure.colorbar(drawn, ax=legend, orientation="horizontal", fraction=0.45, aspect=22)
        bar.set_ticks([-top, 0, top])
        bar.ax.set_xticklabels(["negative", "0", "positive"], fontsize=11)
        for column, values, name in ((2, scores, "score: their sum / √d"), (3, weights[seen], "weight: softmax")):
            ax = figure.add_subplot(grid[1, column])
            ax.barh(range(len(seen)), values, color=COLOURS["blue"], height=0.7)
            ax.axvline(0, color=QUIET, linewidth=1)
            ax.set(ylim=(len(seen) - 0.5, -0.5), yticks=[], xlabel=name)
            ax.margins(x=0.08)
        outline_links(left, [place for place, key in enumerate(seen) if (query, key) in set(links)], keys.shape[-1])
        set_title(figure, title)
    return Picture.of(figure, alt, colours=128)


def draw_numbers(ax: Axes, values: np.ndarray, top: float):  # type: ignore[no-untyped-def]
    """Numbers as cells from -top (dark) to top (light), so that also their lightness tells the sign."""
    drawn = ax.imshow(values, cmap=MAGNITUDE_ALTERNATIVE, vmin=-top, vmax=top, aspect="auto", interpolation="nearest")
    ax.set(xticks=[], yticks=[])
    ax.spines[:].set_visible(False)
    ax.tick_params(length=0)
    return drawn


def outline_links(ax: Axes, rows: Sequence[int], width: int) -> None:
    for row in rows:
        box = Rectangle((-0.5, row - 0.5), width, 1, fill=False, edgecolor=INK, linewidth=2.4, linestyle=(0, (4, 2)))
        box.set_clip_on(False)
        ax.add_patch(box)
        ax.get_yticklabels()[row].set_fontweight("bold")


def neuron_alt(neurons: NeuronMap, layer: int, head: int, query: int, linked: bool) -> str:
    """The picture in words, without numbers that another machine would compute a little differently."""
    outlines = " Dashes mark the story's true link." if linked else ""
    return (
        f"Neuron view of layer {layer}, head {head}, for the query of “{neurons.attention.labels[query]}”: its "
        f"{neurons.keys.shape[-1]} numbers, those of each key that it may see, their products, the score of each key "
        f"and its weight.{outlines}"
    )
