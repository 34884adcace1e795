"""The S of locality-sensitive hashing: how likely two texts are to meet, by how similar they are."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from jaxtyping import Int
from matplotlib.figure import Figure
from torch import Tensor

from llmcourse.corpus.cleaning.lsh import candidate_pairs, chance_to_meet
from llmcourse.viz.spread import draw_spread
from llmcourse.viz.style import COLOURS, INK, QUIET, course_style, set_title

Point = tuple[float, float, int]  # similarity, share of pairs that met, number of pairs


def s_curve(
    bands: int,
    rows: int,
    measured: Sequence[Point] = (),
    *,
    populations: Mapping[str, Sequence[float]] | None = None,
    threshold: float | None = None,
    title: str = "",
) -> Figure:
    """The curve 1 - (1 - s^rows)^bands, and on it the `measured` points with their error bars.

    Below, for each of at most two `populations` of pairs, how their similarities are spread; `threshold` is a
    similarity to mark.
    """
    s, even = np.linspace(0, 1, 201), even_chance(bands, rows)
    with course_style():
        figure = Figure(figsize=(9, 6.4 if populations else 4.6))
        ax, *rest = figure.subplots(2 if populations else 1, sharex=True, squeeze=False,
                                    height_ratios=(2.2, 1) if populations else None)[:, 0]  # fmt: skip
        ax.plot(s, [chance_to_meet(float(x), bands, rows) for x in s], color=COLOURS["blue"], label="theory")
        if measured:
            x, share, pairs = (np.array(values) for values in zip(*measured, strict=True))
            error = 2 * np.sqrt(np.maximum(share * (1 - share), 0.25 / pairs) / pairs)  # of a binomial share
            look: dict[str, Any] = {"fmt": "s", "color": INK, "capsize": 4, "markersize": 6, "linewidth": 1.4}
            ax.errorbar(x, share, np.minimum(error, 0.5), label="measured, ± 2 standard errors", **look)
        point: dict[str, Any] = {"marker": "o", "markersize": 10, "color": COLOURS["vermilion"], "linestyle": "none"}
        ax.plot([even], [0.5], label=f"even chance at {even:.2f}", **point)
        ax.set(ylim=(-0.04, 1.04), ylabel="share of pairs that meet")
        ax.grid(axis="y")
        for below in rest:
            draw_spread(below, populations or {})
        if threshold is not None:
            for axes in (ax, *rest):
                axes.axvline(threshold, color=QUIET, linestyle="--", linewidth=1.6)
            ax.annotate(f"threshold {threshold:g}", (threshold, 0.02), (6, 0), textcoords="offset points", fontsize=12)
        (rest or [ax])[-1].set_xlabel("Jaccard similarity of two texts")
        ax.legend(loc="upper left")
        set_title(figure, title or f"{bands} bands of {rows}: texts that are {even:.0%} alike meet half of the time")
    return figure


def even_chance(bands: int, rows: int) -> float:
    """The similarity at which two texts meet with probability 1/2."""
    return float((1 - 0.5 ** (1 / bands)) ** (1 / rows))


def measured_points(
    signatures: Int[Tensor, "text order"],
    similarities: Mapping[tuple[int, int], float],
    bands: int,
    rows: int,
    bins: int = 10,
) -> list[Point]:
    """For pairs of known similarity, in `bins` equal steps of it: mean similarity, share that LSH proposes, pairs."""
    met = candidate_pairs(signatures, bands, rows)
    by_bin: dict[int, list[tuple[float, bool]]] = {}
    for (i, j), similarity in similarities.items():
        found = by_bin.setdefault(min(int(similarity * bins), bins - 1), [])
        found.append((similarity, (min(i, j), max(i, j)) in met))
    return [
        (sum(s for s, _ in found) / len(found), sum(hit for _, hit in found) / len(found), len(found))
        for _, found in sorted(by_bin.items())
    ]
