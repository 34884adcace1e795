"""How surprising each word of a text was, to the model and to the world: bars that stand on the words."""

from collections.abc import Sequence

from matplotlib.figure import Figure

from llmcourse.errors import CourseError
from llmcourse.viz.cells import visible
from llmcourse.viz.style import COLOURS, INK, course_style, set_title

LETTERS_PER_LINE = 88
MARGIN = 4  # letters: a full stop hangs over the end of its line rather than begin the next
NARROWEST = 3  # letters: a full stop needs room for its bars too

#: A word's place on the page: line, left edge and width, in letters.
Place = tuple[int, float, float]


def surprise_bars(
    tokens: Sequence[str],
    model: Sequence[float],
    truth: Sequence[float],
    *,
    title: str = "How surprising is each word?",
) -> Figure:
    """The text in lines, with two bars over each token: the model's surprise (solid) beside the world's own (hatched).

    `model`, `truth`: the surprise of each token, -ln p in nats. Raises CourseError when there is not one for each.
    """
    check_lengths(tokens, model, truth)
    places = set_in_lines(tokens)
    top = max([*model, *truth, 1.0])
    hatched = {"facecolor": "white", "edgecolor": INK, "hatch": "////", "linewidth": 0.8}
    with course_style():
        n_lines = places[-1][0] + 1
        figure = Figure(figsize=(11, 1.15 * n_lines + 1.1))
        axes = figure.subplots(n_lines, 1, squeeze=False)[:, 0]
        for ax in axes:
            ax.set(xlim=(-0.5, LETTERS_PER_LINE + MARGIN), ylim=(0, 1.08 * top), xticks=[])
            ax.grid(axis="y")
            ax.tick_params(axis="y", length=0, labelsize=11)
            ax.spines["left"].set_visible(False)
        for token, (line, left, width), said, true in zip(tokens, places, model, truth, strict=True):
            middle = left + width / 2
            axes[line].bar(middle - 0.45, said, width=0.9, color=COLOURS["blue"], label="model")
            axes[line].bar(middle + 0.45, true, width=0.9, label="world (exact)", **hatched)
            axes[line].text(middle, -0.06 * top, visible(token), ha="center", va="top", fontsize=13)
        handles = axes[0].containers[:2]
        figure.legend(handles, ["model", "world (exact)"], loc="outside lower right", ncols=2)
        figure.supylabel("surprise −ln p (nats)", fontsize=13)
        set_title(figure, title)
    return figure


def set_in_lines(tokens: Sequence[str]) -> list[Place]:
    """Where each token stands when the text is set in lines."""
    places: list[Place] = []
    line, left = 0, 0.0
    for token in tokens:
        width = max(len(token), NARROWEST) + 0.6
        if left + width > LETTERS_PER_LINE and left > 0 and token[0].isalnum():
            line, left = line + 1, 0.0
        places.append((line, left, width))
        left += width + 0.4
    return places


def check_lengths(tokens: Sequence[str], *numbers: Sequence[float]) -> None:
    if not tokens:
        raise CourseError("there is no text to show: give at least one token")
    for each in numbers:
        if len(each) != len(tokens):
            raise CourseError(f"there are {len(tokens)} tokens and {len(each)} numbers: give one for each token")
