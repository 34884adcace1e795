"""Estimates against exact values: do they lie where chance allows them to lie?"""

from collections.abc import Hashable, Mapping
from typing import TypeVar

import numpy as np
from matplotlib.figure import Figure

from llmcourse.errors import CourseError
from llmcourse.viz.style import COLOURS, QUIET, course_style, set_title

Key = TypeVar("Key", bound=Hashable)


def estimates_plot(
    exact: Mapping[Key, float], estimates: Mapping[str, Mapping[Key, float]], *, numbers: int, title: str
) -> Figure:
    """One scatter plot for each of the `estimates`, against the exact shares; the band is ± 2 standard errors.

    An estimate is the share of hits in so many `numbers`, each a hit with the exact probability.
    Raises CourseError when an estimate is missing.
    """
    x = np.linspace(0, 1, 201)
    error = 2 * np.sqrt(x * (1 - x) / numbers)
    with course_style():
        figure = Figure(figsize=(10, 5))
        grid = figure.subplots(1, len(estimates), sharey=True, squeeze=False)[0]
        for ax, (name, values) in zip(grid, estimates.items(), strict=True):
            if missing := [key for key in exact if key not in values]:
                raise CourseError(f"{name!r} has no estimate for {missing[0]!r}")
            ax.fill_between(x, x - error, x + error, color="#dfe3e6", label="± 2 standard errors")
            ax.plot(x, x, color=QUIET, linewidth=1.4, label="exact")
            points = [(exact[key], values[key]) for key in exact]
            ax.scatter(*zip(*points, strict=True), s=14, color=COLOURS["blue"], alpha=0.6, label="a pair of texts")
            ax.set(xlabel="exact Jaccard similarity", xlim=(-0.03, 1.03), ylim=(-0.05, 1.05), aspect="equal")
            ax.set_title(name, fontsize=14)
        grid[0].set_ylabel(f"estimate from {numbers} numbers")
        grid[0].legend(loc="upper left", fontsize=12)
        set_title(figure, title)
    return figure
