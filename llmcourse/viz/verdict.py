"""What a judge makes of a draft, word by word: what it keeps, what it refuses, and what it has to add."""

from collections.abc import Mapping

from matplotlib.figure import Figure

from llmcourse.errors import CourseError
from llmcourse.viz.cells import visible
from llmcourse.viz.style import COLOURS, INK, course_style, set_title


def verdict_bars(p: Mapping[str, int | float], q: Mapping[str, int | float], *, title: str) -> Figure:
    """A column for each word: the overlap of p (wanted) and q (drafted), and above it what one has more than the other.

    Raises CourseError when the words differ.
    """
    if list(p) != list(q) or not p:
        raise CourseError("p and q must give a probability to the same words, in the same order")
    words = list(p)
    overlap = [min(p[word], q[word]) for word in words]
    missing = [max(p[word] - q[word], 0) for word in words]
    refused = [max(q[word] - p[word], 0) for word in words]
    with course_style():
        figure = Figure(figsize=(10, 4.6))
        ax = figure.subplots()
        places = range(len(words))
        ax.bar(places, overlap, width=0.7, color=COLOURS["blue"], label=f"kept: min(p, q), {sum(overlap):.0%} in all")
        ax.bar(places, missing, width=0.7, bottom=overlap, facecolor="white", edgecolor=INK, hatch="///",
               label=f"missing: p above q, drawn instead, {sum(missing):.0%}")  # fmt: skip
        widths = [0.7 if value > 0 else 0.0 for value in refused]
        ax.bar(places, refused, width=widths, bottom=overlap, facecolor="white", edgecolor=COLOURS["vermilion"],
               linestyle="--", linewidth=1.8, label=f"refused: q above p, {sum(refused):.0%}")  # fmt: skip
        ax.set_xticks(places, [visible(word) for word in words])
        ax.set(ylabel="probability", ylim=(0, 1.15 * max(*p.values(), *q.values())))
        ax.tick_params(axis="x", length=0)
        figure.legend(loc="outside lower left", ncols=2)
        set_title(figure, title)
    return figure
