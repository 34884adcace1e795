"""The outputs of a code cell as pieces of slides: figures to a given height, what it printed, a quiz by questions."""

from __future__ import annotations

import math
import struct
from base64 import b64decode
from collections.abc import Iterator
from copy import deepcopy

from lxml import html
from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

HIDE_INPUT = "hide-input"  # nbconvert drops the source of cells with this tag
WIDTH = 1190  # pixels that a figure may be wide
MOST_ENLARGED = 1.7  # beyond it a figure's letters are blurred
OUTPUT_ROW = 100  # characters of code or of what was printed in a row
PNG = "image/png"


def figures(cell: NotebookNode) -> list[NotebookNode]:
    """A cell for each picture that this cell shows."""
    return [_with(cell, [output]) for output in cell.outputs if PNG in output.get("data", {})]


def sized(cell: NotebookNode, height: int) -> int:
    """Make the cell's picture as large as fits into this height and the slide's width; returns its height."""
    (output,) = cell.outputs
    wide, high = _size(output.data[PNG])
    scale = min(WIDTH / wide, height / high, MOST_ENLARGED)
    output.metadata.setdefault(PNG, NotebookNode()).update(width=int(wide * scale), height=int(high * scale))
    return int(high * scale)


def printed(cell: NotebookNode) -> NotebookNode | None:
    """A cell with everything else that this cell shows, or None when there is nothing."""
    rest = [output for output in cell.outputs if PNG not in output.get("data", {})]
    if is_control(cell):
        return new_markdown_cell("*▸ Something to move: open the notebook.*")
    return _with(cell, rest) if rest else None


def output_rows(cell: NotebookNode) -> float:
    """About how many rows of code the outputs of a cell take."""
    if cell.cell_type == "markdown":
        return 2.0
    return 0.6 + sum(_rows(output) for output in cell.outputs)


def questions(cell: NotebookNode) -> Iterator[NotebookNode]:
    """A cell for each question of a quiz; none when the cell is no quiz."""
    if not cell.source.lstrip().startswith("quiz("):
        return
    for output in cell.outputs:
        children = list(html.fragment_fromstring(output.data.get("text/html", ""), create_parent=True))
        for question, choices in zip(children[::2], children[1::2], strict=False):
            piece = deepcopy(output)
            piece.data["text/html"] = "".join(html.tostring(part, encoding="unicode") for part in (question, choices))
            yield _with(cell, [piece])


def _with(cell: NotebookNode, outputs: list[NotebookNode]) -> NotebookNode:
    copy = deepcopy(cell)
    copy.outputs = deepcopy(outputs)
    copy.metadata = NotebookNode(tags=[HIDE_INPUT])
    return copy


def is_control(cell: NotebookNode) -> bool:
    """Does the cell show a control, of which `ipywidgets.interact` leaves nothing in a file but a program's words?"""
    return any(output.get("data", {}).get("text/plain", "").startswith("interactive(") for output in cell.outputs)


def _rows(output: NotebookNode) -> float:
    data = output.get("data", {})
    if "text/html" in data:
        return max(
            3.0, 1.9 * data["text/html"].count("<tr"), len(html.fromstring(data["text/html"]).text_content()) / 60
        )
    text = output.get("text", "") or data.get("text/plain", "")
    return sum(max(1, math.ceil(len(line) / OUTPUT_ROW)) for line in text.rstrip().splitlines())


def _size(png: str) -> tuple[int, int]:
    """Width and height, which a PNG names in its first bytes."""
    return struct.unpack(">II", b64decode("".join(png)[:48])[16:24])
