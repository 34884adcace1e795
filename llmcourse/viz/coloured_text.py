"""A text in which each token is coloured by a number: what it cost the model, or how much attention it gets."""

from collections.abc import Mapping, Sequence
from typing import Any

import matplotlib as mpl
from matplotlib.axes import Axes
from matplotlib.cm import ScalarMappable
from matplotlib.colors import LinearSegmentedColormap, Normalize
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from llmcourse.errors import CourseError
from llmcourse.viz.cells import visible
from llmcourse.viz.style import MAGNITUDE, QUIET, course_style, readable_on, set_title

CHARACTERS = 84  # in a line
#: From white, on which a text is easy to read, through the upper half of viridis to its dark end.
_COLOURS: list[Any] = ["white", *(mpl.colormaps[MAGNITUDE](share) for share in (0.75, 0.5, 0.25, 0.0))]
PALE_TO_DARK = LinearSegmentedColormap.from_list("pale_to_dark", _COLOURS)

Lines = list[list[tuple[int, str]]]


def coloured_text(
    tokens: Sequence[str],
    rows: Mapping[str, Sequence[int | float]],
    *,
    title: str,
    label: str = "loss (nats)",
    top: int | float = 5.0,
    numbers_from: int | float = 1.0,
    decimals: int = 1,
) -> Figure:
    """The text once for each entry of `rows`, which maps a caption to one number for each token.

    White is 0, dark is `top` or more. Below a token whose number is at least `numbers_from` it is written, so that the
    picture can be read without its colours. Raises CourseError when a row has not one number for each token.
    """
    for caption, values in rows.items():
        if len(values) != len(tokens):
            raise CourseError(f"{caption!r} has {len(values)} numbers for {len(tokens)} tokens: one each is needed")
    lines = broken_into_lines([visible(token) for token in tokens])
    with course_style():
        figure = Figure(figsize=(11, (0.56 * len(lines) + 0.42) * len(rows) + 0.9))
        grid = figure.subplots(len(rows), 1, squeeze=False)[:, 0]
        colours = ScalarMappable(Normalize(0, top), cmap=PALE_TO_DARK)
        for ax, (caption, values) in zip(grid, rows.items(), strict=True):
            draw_text(ax, lines, values, colours, numbers_from, decimals)
            ax.set_title(caption, fontsize=13.5, pad=3)
        figure.colorbar(colours, ax=list(grid), label=label, shrink=0.85, aspect=25, pad=0.01, extend="max")
        set_title(figure, title)
    return figure


def broken_into_lines(words: Sequence[str]) -> Lines:
    """The words, numbered, in lines of at most CHARACTERS."""
    lines: Lines = [[]]
    for number, word in enumerate(words):
        if sum(width(other) for _, other in lines[-1]) + width(word) > CHARACTERS:
            lines.append([])
        lines[-1].append((number, word))
    return lines


def width(word: str) -> float:
    """The room that a word takes with its margin, in characters."""
    return max(len(word), 2) + 1.4


def draw_text(
    ax: Axes, lines: Lines, values: Sequence[Any], colours: Any, numbers_from: int | float, decimals: int
) -> None:
    for down, line in enumerate(lines):
        x = 0.0
        for number, word in line:
            value, wide = float(values[number]), width(word) - 0.3
            colour = colours.to_rgba(value)
            ax.add_patch(Rectangle((x, down), wide, 0.6, facecolor=colour, edgecolor=QUIET, linewidth=0.4))
            centred: dict[str, Any] = {"ha": "center", "va": "center"}
            style: dict[str, Any] = {"fontsize": 12, "family": "DejaVu Sans Mono", "color": readable_on(colour)}
            ax.text(x + wide / 2, down + 0.31, word, **centred, **style)
            if value >= numbers_from:
                ax.text(x + wide / 2, down + 0.78, f"{value:.{decimals}f}", fontsize=10, **centred)
            x += wide + 0.3
    ax.set(xlim=(-0.3, CHARACTERS), ylim=(len(lines), -0.05))
    ax.set_axis_off()
