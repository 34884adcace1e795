"""Skew in pictures: learned against injected, job by job, and at every temperature."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from llmcourse.analysis.opening_losses import expected_pronoun_loss
from llmcourse.viz.style import COLOURS, INK, QUIET, course_style, set_title

Number = int | float

MARKERS = (("blue", "o"), ("vermilion", "s"), ("green", "^"), ("purple", "D"))


def learned_against_injected(
    series: Mapping[str, Sequence[tuple[Number, Number]]], *, title: str, x: str = "injected skew", y: str = "skew"
) -> Figure:
    """Points (injected, found) by name, against the diagonal on which nothing is added and nothing lost."""
    with course_style():
        figure = Figure(figsize=(9, 5.4))
        ax = figure.subplots()
        ax.plot([0, 1], [0, 1], color=INK, linestyle="--", linewidth=1.8, label="as injected")
        for (name, points), (colour, marker) in zip(series.items(), MARKERS, strict=False):
            ax.plot(*zip(*points, strict=True), color=COLOURS[colour], marker=marker, linewidth=1.3, label=name)
        ax.set(xlabel=x, ylabel=y, xlim=(-0.03, 1.03))
        ax.grid()
        figure.legend(loc="outside right center", frameon=False)
        set_title(figure, title)
    return figure


def shares_by_job(series: Mapping[str, Mapping[str, Number]], *, title: str, label: str = "p(she)") -> Figure:
    """For each job a row, and in it a mark for each of the named series: the world, a model, another."""
    jobs = list(next(iter(series.values())))
    with course_style():
        figure = Figure(figsize=(9, 1.8 + 0.48 * len(jobs)))
        ax = figure.subplots()
        for row in range(len(jobs)):
            ax.axhline(row, color="#e3e6e8", linewidth=1, zorder=0)
        ax.axvline(0.5, color=QUIET, linestyle=":", linewidth=1.6, label="as many she as he")
        for (name, shares), (colour, marker) in zip(series.items(), MARKERS, strict=False):
            style: dict[str, Any] = {"s": 110, "marker": marker, "zorder": 3, "label": name}
            if colour == "blue":  # the truth: hollow, so that a mark on top of it stays visible
                ax.scatter(
                    list(shares.values()), range(len(jobs)), facecolor="none", edgecolor=INK, linewidth=2, **style
                )
            else:
                ax.scatter(list(shares.values()), range(len(jobs)), color=COLOURS[colour], alpha=0.9, **style)
        ax.set_yticks(range(len(jobs)), jobs)
        ax.invert_yaxis()
        ax.set(xlim=(-0.03, 1.03), xlabel=label)
        ax.xaxis.set_major_formatter(PercentFormatter(xmax=1, decimals=0))
        figure.legend(loc="outside right center", frameon=False)
        set_title(figure, title)
    return figure


def partings_plot(differences: Mapping[str, Sequence[Number]], actual: Mapping[str, Number], *, title: str) -> Figure:
    """For each test a row: a tick for each way to part the targets, and a diamond for the way they are parted."""
    with course_style():
        figure = Figure(figsize=(9, 1.9 + 0.62 * len(differences)))
        ax = figure.subplots()
        for row, (name, values) in enumerate(differences.items()):
            widest = max(np.abs(values).max(), 1e-12)
            ticks = np.asarray(values) / widest
            ax.scatter(ticks, [row] * len(ticks), marker="|", s=260, color=QUIET, linewidth=1.6,
                       label="every way to part the words" if row == 0 else None)  # fmt: skip
            ax.scatter([actual[name] / widest], [row], marker="D", s=90, color=COLOURS["vermilion"], zorder=3,
                       label="she-leaning jobs against the others" if row == 0 else None)  # fmt: skip
        ax.set_yticks(range(len(differences)), list(differences))
        ax.margins(y=0.25)
        ax.invert_yaxis()
        ax.set(xlim=(-1.08, 1.08), xlabel="difference of the two sets, as a share of the largest possible")
        figure.legend(loc="outside lower center", ncols=2, frameon=False)
        set_title(figure, title)
    return figure


def price_of_evenness(
    worlds: Mapping[str, tuple[Number, Mapping[str, tuple[Number, Number]]]], *, title: str, label: str
) -> Figure:
    """For each named world its skew and the points (a model's skew, its loss at the pronoun), on the exact curve.

    The curve is what a model of each skew has to lose in that world, if all jobs of a group are alike to it.
    """
    places = np.linspace(-0.2, 0.95, 116)
    with course_style():
        figure = Figure(figsize=(9.5, 5.4))
        ax = figure.subplots()
        for (name, (skew, points)), (colour, marker), dashes in zip(
            worlds.items(), MARKERS, ("-", "--", "-."), strict=False
        ):
            exact = [expected_pronoun_loss(skew, float(place)) for place in places]
            ax.plot(places, exact, color=COLOURS[colour], linestyle=dashes, label=f"{name}, exact")
            xs, ys = zip(*points.values(), strict=True)
            ax.scatter(xs, ys, color=COLOURS[colour], marker=marker, s=75, zorder=3, edgecolor="white",
                       label=f"{name}, measured")  # fmt: skip
            ax.axvline(skew, color=COLOURS[colour], linewidth=1, linestyle=":")
        ax.set(xlabel="skew of the model", ylabel=label, ylim=(0.4, 1.25))
        ax.grid(axis="y")
        figure.legend(loc="outside right center", frameon=False)
        set_title(figure, title)
    return figure
