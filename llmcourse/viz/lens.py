"""The logit lens as a table: at each layer and token, the likeliest next word, and how sure the model is of it."""

from collections.abc import Sequence

import matplotlib as mpl
from jaxtyping import Float
from matplotlib.figure import Figure
from torch import Tensor

from llmcourse.errors import CourseError
from llmcourse.viz.cells import visible
from llmcourse.viz.style import MAGNITUDE, course_style, readable_on, set_title


def lens_table(
    logits: Float[Tensor, "layer position vocab"], tokens: Sequence[str], words: Sequence[str], *, title: str
) -> Figure:
    """`tokens`: the text, on the horizontal axis. `words`: the vocabulary. The last layer stands at the top.

    Raises CourseError when there are more or fewer tokens than positions.
    """
    if len(tokens) != logits.shape[1]:
        raise CourseError(f"there are {len(tokens)} tokens, and logits for {logits.shape[1]}")
    best, ids = logits.softmax(-1).max(-1)
    n_layers = len(logits)
    with course_style():
        figure = Figure(figsize=(1.6 + 1.05 * len(tokens), 1.8 + min(0.72 * n_layers, 11)))
        ax = figure.subplots()
        image = ax.imshow(best.numpy(), vmin=0, vmax=1, cmap=MAGNITUDE, aspect="auto", origin="lower")
        colours = mpl.colormaps[MAGNITUDE]
        for layer in range(n_layers):
            for place in range(len(tokens)):
                word = visible(words[int(ids[layer, place])])
                ink = readable_on(colours(float(best[layer, place])))
                ax.text(place, layer + 0.12, word[:9], ha="center", va="center", fontsize=12, color=ink)
                share = f"{float(best[layer, place]):.0%}"
                ax.text(place, layer - 0.26, share, ha="center", va="center", fontsize=9.5, color=ink)
        ax.set_xticks(range(len(tokens)), [visible(token) for token in tokens], rotation=45, ha="right")
        ax.set_yticks(range(n_layers), ["embeddings", *(f"block {layer}" for layer in range(n_layers - 1))])
        ax.set_xlabel("the model has read up to here")
        ax.tick_params(length=0)
        figure.colorbar(image, ax=ax, label="probability", fraction=0.03, pad=0.02)
        set_title(figure, title)
    return figure
