"""Pictures of decoders: which tokens stay, and what that does to the truth and the variety of the stories."""

from collections.abc import Mapping, Sequence

from matplotlib.figure import Figure

from llmcourse.viz.cells import visible
from llmcourse.viz.curves import LOOKS
from llmcourse.viz.plots import percent
from llmcourse.viz.style import COLOURS, INK, QUIET, course_style, set_title


def before_and_after(
    tokens: Sequence[str], before: Sequence[int | float], after: Mapping[str, Sequence[int | float]], *, title: str
) -> Figure:
    """A panel for each way of choosing: each token's probability afterwards as a bar, and before as an outline.

    A token that has been ruled out has no bar, and a cross beside its outline.
    """
    with course_style():
        figure = Figure(figsize=(1.6 + 2.7 * len(after), 1.6 + 0.36 * len(tokens)))
        panels = figure.subplots(1, len(after), sharey=True, sharex=True, squeeze=False)[0]
        top = max(max(before), *(max(values) for values in after.values()))
        for ax, (name, values) in zip(panels, after.items(), strict=True):
            places = range(len(tokens))
            ax.barh(places, values, height=0.66, color=COLOURS["blue"])
            ax.barh(places, before, height=0.66, facecolor="none", edgecolor=INK, linewidth=1.1, linestyle="--")
            for place, (old, new) in enumerate(zip(before, values, strict=True)):
                label = percent(new) if new > 0 else "✗ out"
                ax.text(max(old, new) + 0.02 * top, place, label, va="center", fontsize=11.5)
            ax.set_title(name, fontsize=14)
            ax.set_xlim(0, 1.32 * top)
            ax.set_xticks([])
            ax.tick_params(axis="y", length=0)
            ax.spines["bottom"].set_visible(False)
        panels[0].set_yticks(range(len(tokens)), [visible(token) for token in tokens])
        panels[0].invert_yaxis()
        figure.supxlabel("bar: probability after the change.   dashed outline: before.", fontsize=12.5, color=QUIET)
        set_title(figure, title)
    return figure


def quality_and_diversity(
    families: Mapping[str, Mapping[str, tuple[int | float, int | float]]], *, world: int | float, title: str
) -> Figure:
    """For each family of settings a line through its points (entropy in nats, share of true stories) by setting.

    `world` is the entropy of the world's own stories, whose quality is 1: the place to be. At most six families.
    """
    with course_style():
        figure = Figure(figsize=(11, 6.2))
        ax = figure.subplots()
        named: list[tuple[int | float, int | float]] = []  # of labels that would lie on each other, only one is written
        for (name, points), (colour, dashes, marker) in zip(families.items(), LOOKS, strict=False):
            xs, ys = zip(*points.values(), strict=True)
            ax.plot(xs, [100 * y for y in ys], color=COLOURS[colour], linestyle=dashes, marker=marker, label=name)
            for setting, (x, y) in points.items():
                if all(abs(x - other) > 1.7 or abs(y - height) > 0.045 for other, height in named):
                    ax.annotate(setting, (x, 100 * y), (0, -17), textcoords="offset points", fontsize=11, ha="center")
                    named.append((x, y))
        ax.axvline(world, color=QUIET, linestyle=":", linewidth=1.6)
        ax.plot([world], [100], marker="*", markersize=20, color=INK, linestyle="none", label="the world itself")
        ax.set(xlabel="diversity: entropy of what is written (nats per story)", ylabel="quality: true stories (%)")
        ax.set_ylim(0, 106)
        ax.grid(axis="y")
        figure.legend(loc="outside right upper", frameon=False)
        set_title(figure, title)
    return figure


def among(values: Sequence[int | float], marks: Mapping[str, int | float], *, title: str, x: str) -> Figure:
    """A histogram of values, with single ones marked by name: is this one like most?"""
    with course_style():
        figure = Figure(figsize=(10, 4.4))
        ax = figure.subplots()
        ax.hist(list(values), bins=24, color=COLOURS["sky"], edgecolor="white")
        for (name, value), (colour, dashes, _) in zip(marks.items(), LOOKS, strict=False):
            ax.axvline(value, color=COLOURS[colour], linestyle=dashes, linewidth=2.4, label=name)
        ax.set(xlabel=x, ylabel="stories")
        figure.legend(loc="outside right upper", frameon=False)
        set_title(figure, title)
    return figure
