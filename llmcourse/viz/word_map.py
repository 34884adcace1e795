"""Words as points: a table of hundreds of dimensions, seen from the side on which its words lie farthest apart."""

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from jaxtyping import Float
from matplotlib.figure import Figure
from torch import Tensor

from llmcourse.errors import CourseError
from llmcourse.viz.curves import LOOKS
from llmcourse.viz.style import COLOURS, course_style, set_title

MARKERS = ("o", "s", "^", "D", "v", "X")


def flattened(vectors: Float[Tensor, "word width"]) -> tuple[Float[Tensor, "word 2"], float]:
    """The two directions in which the vectors differ most (principal components), and the share of all their
    differences that is seen there. The rest is lost.

    Raises CourseError for fewer than three words.
    """
    if len(vectors) < 3:
        raise CourseError(f"a map of {tuple(vectors.shape)} needs three words or more")
    centred = vectors - vectors.mean(dim=0)
    _, sizes, directions = torch.linalg.svd(centred, full_matrices=False)
    share = (sizes[:2] ** 2).sum() / (sizes**2).sum().clamp(min=1e-12)
    return centred @ directions[:2].T, float(share)


def word_map(
    tables: Mapping[str, Float[Tensor, "word width"]], kinds: Mapping[str, Sequence[str]], *, title: str
) -> Figure:
    """A map for each table, whose rows stand for the words of all kinds, one kind after the other.

    The computer that draws is not told the kinds: they only choose the markers.
    """
    words = [(word, kind) for kind, group in kinds.items() for word in group]
    with course_style():
        figure = Figure(figsize=(13, 6.6))
        for ax, (name, vectors) in zip(figure.subplots(1, len(tables), squeeze=False)[0], tables.items(), strict=True):
            if len(vectors) != len(words):
                raise CourseError(f"{len(words)} words need as many vectors, not a table of {tuple(vectors.shape)}")
            places, share = flattened(vectors)
            for number, kind in enumerate(kinds):
                mine = np.array(
                    [place for place, (_, other) in zip(places.tolist(), words, strict=True) if other == kind]
                )
                colour = COLOURS[LOOKS[number % len(LOOKS)][0]]
                ax.scatter(mine[:, 0], mine[:, 1], s=48, marker=MARKERS[number % 6], color=colour, label=kind)
            for (word, _), place in zip(words, places.tolist(), strict=True):
                ax.annotate(word, place, xytext=(4, 3), textcoords="offset points", fontsize=9.5)
            ax.set_title(f"{name}\n({share:.0%} of the differences are in this picture)", fontsize=13, loc="left",
                         fontweight="normal")  # fmt: skip
            ax.set(xticks=[], yticks=[])
            ax.margins(0.08)
        handles, names = figure.axes[0].get_legend_handles_labels()
        figure.legend(handles, names, loc="outside lower center", ncols=len(kinds))
        set_title(figure, title)
    return figure
