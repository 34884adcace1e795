"""The few plain plots that most chapters need. Each returns a matplotlib figure for `show(figure, alt=…)`.

Whatever has a truth or a limit is drawn against it: the world's own probabilities beside the model's, the entropy
floor under the loss, outlined cells where an attention weight should be.
"""

from collections.abc import Iterable, Mapping

import matplotlib as mpl
import matplotlib.ticker
import numpy as np
from matplotlib.figure import Figure

from llmcourse.viz.cells import token_heatmap, visible
from llmcourse.viz.style import COLOURS, INK, QUIET, course_style, set_title

__all__ = ["bars", "loss_curve", "next_word_bars", "scatter", "token_heatmap"]


def bars(
    values: Mapping[str, float], *, title: str, label: str = "", reference: tuple[str, float] | None = None
) -> Figure:
    """One horizontal bar for each name, in the order given, with its value.

    `reference` is a (name, value) to compare all of them with: chance, a baseline, a limit.
    """
    with course_style():
        figure = Figure(figsize=(9, 1.5 + 0.42 * len(values)))
        ax = figure.subplots()
        drawn = ax.barh([named(name) for name in values], list(values.values()), color=COLOURS["blue"], height=0.62)
        written = [f"{value:,.0f}" if abs(value) >= 1_000 else f"{value:.3g}" for value in values.values()]
        ax.bar_label(drawn, labels=written, padding=5, fontsize=13)
        if reference is not None:
            name, value = reference
            ax.axvline(value, color=INK, linestyle="--", linewidth=1.6, label=name)
            ax.legend(loc="best")
        ax.invert_yaxis()
        ax.margins(x=0.12)
        ax.set_xlabel(label)
        set_title(figure, title)
        ax.tick_params(axis="y", length=0)
    return figure


def scatter(points: Mapping[str, tuple[float, float]], *, title: str, x_label: str, y_label: str) -> Figure:
    """A named point for each (x, y). Names are written beside their points; of points too near to tell, only one is."""
    with course_style():
        figure = Figure(figsize=(9, 5))
        ax = figure.subplots()
        places = np.array(list(points.values()), dtype=float)
        ax.scatter(places[:, 0], places[:, 1], s=70, color=COLOURS["blue"], zorder=2)
        span = np.ptp(places, axis=0) + 1e-9
        named: list[np.ndarray] = []
        for name, place in sorted(zip(points, places, strict=True), key=lambda pair: -abs(pair[1][1])):
            if all(np.abs((place - other) / span).max() > 0.06 for other in named):
                ax.annotate(name, place, xytext=(7, 6), textcoords="offset points", fontsize=12)
                named.append(place)
        ax.margins(0.1)
        ax.set(xlabel=x_label, ylabel=y_label)
        set_title(figure, title)
    return figure


def named(name: str) -> str:
    """A bar's name: a token that begins or ends with a blank shows it, a phrase is left as it is."""
    return name if name == name.strip() else visible(name)


def next_word_bars(
    model: Mapping[str, float], truth: Mapping[str, float], *, title: str = "The next word", top: int = 10
) -> Figure:
    """The model's probabilities beside the world's exact ones, for the `top` words that either thinks most likely."""
    words = likeliest(model, truth, top)
    height = 0.36
    with course_style():
        figure = Figure(figsize=(9, 1.7 + 0.62 * len(words)))
        ax = figure.subplots()
        places = np.arange(len(words))
        hatched = {"facecolor": "white", "edgecolor": INK, "hatch": "//"}
        sides: list[tuple[float, str, Mapping[str, float], dict[str, str]]] = [
            (-0.5, "model", model, {"color": COLOURS["blue"]}),
            (+0.5, "world (exact)", truth, hatched),
        ]
        for side, name, probabilities, look in sides:
            values = [probabilities.get(word, 0.0) for word in words]
            drawn = ax.barh(places + side * height, values, height=0.92 * height, label=name, **look)  # type: ignore[arg-type]
            ax.bar_label(drawn, labels=[percent(value) for value in values], padding=5, fontsize=12)
        ax.set_yticks(places, [visible(word) for word in words])
        ax.invert_yaxis()
        ax.set_xlim(0, 1.1 * max([*model.values(), *truth.values(), 0.01]))
        ax.xaxis.set_major_formatter(mpl.ticker.PercentFormatter(xmax=1, decimals=0))
        ax.set_xlabel("probability")
        set_title(figure, title)
        ax.tick_params(axis="y", length=0, labelsize=14)
        ax.legend(loc="best")
    return figure


def likeliest(model: Mapping[str, float], truth: Mapping[str, float], top: int) -> list[str]:
    """The words that the model or the world finds most likely, best first; equals in alphabetical order.

    A word to which each side gives less than a two-hundredth of its own favourite is left out: its bars could not be
    seen.
    """
    best: dict[str, float] = {}
    for side in (model, truth):
        least = max(side.values(), default=0.0) / 200
        for word, probability in side.items():
            if probability > least:
                best[word] = max(probability, best.get(word, 0.0))
    return sorted(best, key=lambda word: (-best[word], word))[:top]


def percent(value: float) -> str:
    """A probability to read: "0", "<1%" or whole per cent, never a 100% that is not one."""
    if value <= 0:
        return "0"
    if value < 0.01:
        return "<1%"
    return f"{min(int(100 * value + 0.5), 99 if value < 0.9995 else 100)}%"


def loss_curve(
    training: Iterable[tuple[int, float]],
    validation: Iterable[tuple[int, float]] = (),
    *,
    title: str = "Loss while training",
    floor: float | None = None,
    baseline: float | None = None,
    gradient_norms: Iterable[tuple[int, float]] | None = None,
    marks: Mapping[int, str] | None = None,
    log: bool = False,
) -> Figure:
    """Loss by step as (step, nats per token), against the `floor` below which no model can go and a `baseline` to beat.

    `marks` are steps to point out, with what happened there. `log`: a logarithmic axis, for a curve that begins far
    above the place where it becomes interesting.
    """
    training, validation = list(training), list(validation)
    with course_style():
        figure = Figure(figsize=(9, 5.2 if gradient_norms is None else 7.2))
        if gradient_norms is None:
            ax = lowest = figure.subplots()
        else:
            ax, lowest = figure.subplots(2, sharex=True, height_ratios=(2.6, 1))
            norms = list(gradient_norms)
            lowest.plot([s for s, _ in norms], [n for _, n in norms], color=COLOURS["green"], linewidth=1.2)
            lowest.set(ylabel="gradient norm", ylim=(0, None))
            lowest.grid(axis="y")
        if training:
            ax.plot(*zip(*training, strict=True), color=COLOURS["sky"], linewidth=1.2, label="training, each step")
        if validation:
            ax.plot(*zip(*validation, strict=True), color=COLOURS["blue"], marker="o", label="validation")
        if baseline is not None:
            ax.axhline(baseline, color=QUIET, linestyle=":", label=f"baseline {baseline:.3f}")
        if floor is not None:
            label = f"floor {floor:.3f}: no model can go below"
            ax.axhline(floor, color=COLOURS["vermilion"], linestyle="--", label=label)
        set_title(figure, title)
        ax.set_ylabel("loss (nats per token)")
        limits = [limit for limit in (floor, baseline) if limit]
        highest = max([*limits, *(value for _, value in training + validation)], default=1.0)
        ax.set_ylim(0, 1.06 * highest)
        if log and highest > 0:
            values = [value for _, value in training + validation]
            lowest_value = min([*limits, *(value for value in values if value > 0)], default=0.1)
            ax.set_yscale("log")
            ax.set_ylim(0.85 * lowest_value, 1.15 * highest)
            ax.yaxis.set_major_locator(mpl.ticker.LogLocator(subs=(1.0, 2.0, 5.0)))
            ax.yaxis.set_major_formatter(mpl.ticker.FormatStrFormatter("%g"))
            ax.yaxis.set_minor_locator(mpl.ticker.NullLocator())
        for step, words in (marks or {}).items():
            ax.axvline(step, color=INK, linewidth=1.2, linestyle=(0, (1, 2)))
            ax.annotate(words, (step, 0.5 * highest), (8, 0), textcoords="offset points", fontsize=13)
        ax.grid(axis="y")
        lowest.set_xlabel("step")
        lowest.xaxis.set_major_locator(mpl.ticker.MaxNLocator(integer=True, steps=[1, 2, 2.5, 5, 10]))
        if ax.get_legend_handles_labels()[0]:
            ax.legend(loc="upper right", frameon=True, facecolor="white", edgecolor="none", framealpha=0.9)
    return figure
