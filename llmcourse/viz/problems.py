"""A text as a problem to solve: what a model sees, word by word, and what it is asked for.

Each cell is a word of what the model reads. Below it stands what is asked there, after an arrow. What a cell is, it
says by its edge and hatching as well as by its colour.
"""

from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch, Rectangle

from llmcourse.corpus.tokenizers import Tokenizer
from llmcourse.errors import CourseError
from llmcourse.training.loss import IGNORE
from llmcourse.training.objectives import MASK, SENTINELS
from llmcourse.viz.cells import visible
from llmcourse.viz.coloured_text import broken_into_lines, width
from llmcourse.viz.style import INK, QUIET, course_style, set_title

#: How each kind of cell looks, and what it is called in the legend.
LOOKS: Mapping[str, tuple[str, dict[str, Any]]] = {
    "seen": ("seen", {"facecolor": "white", "edgecolor": QUIET, "linewidth": 0.8}),
    "asked": ("seen and asked (→ answer)", {"facecolor": "#dcecf7", "edgecolor": "#0072b2", "linewidth": 1.6}),
    "hidden": ("hidden (→ answer)", {"facecolor": "#0b3c5d", "edgecolor": "#0b3c5d", "linewidth": 1.6}),
    "stranger": (
        "another word instead (→ answer)",
        {"facecolor": "#fbe3d0", "edgecolor": "#d55e00", "hatch": "///", "linewidth": 1.2},
    ),
    "sentinel": (
        "sentinel: words cut out here",
        {"facecolor": "#f6d9e8", "edgecolor": "#1f2328", "linestyle": "--", "linewidth": 1.8},
    ),
}
LINE = 0.6  # inches


class Cell(NamedTuple):
    """One word: what is read there, which kind of cell it is, and what is asked there (empty: nothing)."""

    text: str
    kind: str = "seen"
    answer: str = ""


def problem_cells(
    tokenizer: Tokenizer, ids: Sequence[int], targets: Sequence[int], shifted: bool = False
) -> list[Cell]:
    """One row of a batch as cells; padding is left out.

    `shifted`: the answer is what comes *after* the word (causal), not what stands in its place (masked).
    Raises CourseError when the row and its targets differ in length.
    """
    if len(ids) != len(targets):
        raise CourseError(f"a row of {len(ids)} ids has one target for each, but here are {len(targets)}")
    cells = []
    for id, target in zip(ids, targets, strict=True):
        text = tokenizer.readable(tokenizer.vocabulary[id])
        asked = target != IGNORE
        kind = "asked" if asked else "seen"
        if text in SENTINELS:
            kind = "sentinel"
        elif text == MASK:
            kind = "hidden"
        elif asked and not shifted and id != target:
            kind = "stranger"
        answer = tokenizer.readable(tokenizer.vocabulary[target]) if asked else ""
        cells += [] if id == tokenizer.pad_id and not asked else [Cell(short(text), kind, short(answer))]
    return cells


def short(token: str) -> str:
    """Sentinels by their number alone: `<extra_id_0>` is `<0>`."""
    return token.replace("<extra_id_", "<")


def problems(rows: Mapping[str, Sequence[Cell]], *, title: str) -> Figure:
    """One text below the other, each under its caption, with a legend of the kinds of cells that occur.

    Raises CourseError for a kind of cell that is not in `LOOKS`.
    """
    kinds = {cell.kind for cells in rows.values() for cell in cells}
    if unknown := kinds - LOOKS.keys():
        raise CourseError(f"there is no kind of cell {min(unknown)!r}: choose one of {', '.join(LOOKS)}")
    broken = {name: broken_into_lines([widest(cell) for cell in cells]) for name, cells in rows.items()}
    heights = [len(lines) for lines in broken.values()]
    with course_style():
        figure = Figure(figsize=(11, LINE * sum(heights) + 0.46 * len(rows) + 1.3))
        grid = figure.subplots(len(rows), 1, squeeze=False, height_ratios=heights)[:, 0]
        for ax, (name, cells) in zip(grid, rows.items(), strict=True):
            draw(ax, broken[name], cells)
            ax.set_title(name, fontsize=13.5, pad=3)
        patches = [Patch(label=name, **look) for kind, (name, look) in LOOKS.items() if kind in kinds]
        figure.legend(handles=patches, loc="outside lower left", ncols=min(3, len(patches)), fontsize=12)
        set_title(figure, title)
    return figure


def widest(cell: Cell) -> str:
    """The longer of the two words that have to fit into a cell."""
    return max(visible(cell.text), "→ " + cell.answer if cell.answer else "", key=len)


def draw(ax: Axes, lines: list[list[tuple[int, str]]], cells: Sequence[Cell]) -> None:
    for down, line in enumerate(lines):
        x = 0.0
        for number, room in line:
            cell, wide = cells[number], width(room) - 0.3
            look = LOOKS[cell.kind][1]
            ax.add_patch(Rectangle((x, down), wide, 0.56, **look))
            colour = "white" if cell.kind == "hidden" else INK
            box = {"facecolor": look["facecolor"], "edgecolor": "none", "pad": 1.0} if "hatch" in look else None
            middle: dict[str, Any] = {"ha": "center", "va": "center", "family": "DejaVu Sans Mono"}
            ax.text(x + wide / 2, down + 0.29, visible(cell.text), fontsize=12, color=colour, bbox=box, **middle)
            if cell.answer:
                ax.text(x + wide / 2, down + 0.75, f"→ {visible(cell.answer)}", fontsize=10.5, color=INK, **middle)
            x += wide + 0.3
    ax.set(xlim=(-0.3, 84), ylim=(len(lines), -0.05))
    ax.set_axis_off()
