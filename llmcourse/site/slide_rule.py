"""Which part of a chapter stands on which slide: derived from the structure of the notebook, not written into it.

The result is a notebook with the standard slideshow metadata (`slide`, `subslide`, `fragment`, `notes`, `-`), as
nbconvert and JupyterLab know them. The rule:

- a heading of level 2 begins a slide, one of level 3 a sub-slide below it; a slide that is full goes on below itself;
- of long paragraphs the beginning is shown, the whole is in the speaker's notes (slide_text.py);
- a cell that draws shows its figure, as large as fits with the sentence below it, and its code is in the notes;
- what a cell prints appears with the next click if the text above asked to predict it;
- exercises are shown with their blank, their checks and hints are not; a quiz is one question to a slide.

A cell whose metadata has a `slideshow.slide_type` keeps it and is shown as it is: so an author overrides the rule.
"""

from __future__ import annotations

import re
from copy import deepcopy

from nbformat import NotebookNode
from nbformat.v4 import new_markdown_cell

from llmcourse.course.solve import check_key
from llmcourse.site.slide_output import figures, is_control, output_rows, printed, questions, sized
from llmcourse.site.slide_text import shown

ROWS = 16.5  # rows of text on a slide
SECTION = 1.2  # rows of the small line that names the section
SMALLER = 0.75  # a figure that would be smaller than this share of what a slide of its own gives it, gets one
MOST_BELOW = 3.5  # rows of a sentence below a figure
CODE_ROW = 0.72  # a row of code is that much lower than one of text
ROW_PIXELS = 38


def as_slides(notebook: NotebookNode) -> NotebookNode:
    """A copy of the notebook whose cells are the pieces of its slides, each with its slide type."""
    deck = _Deck()
    for cell, below in zip(notebook.cells, [*notebook.cells[1:], None], strict=True):
        if kept := cell.metadata.get("slideshow", {}).get("slide_type"):
            deck.add_as_written(cell, kept)
        elif cell.cell_type == "markdown":
            deck.add_text(cell.source)
        elif cell.cell_type == "code":
            deck.add_code(cell, _first_rows(below))
    slides = deepcopy(notebook)
    slides.cells = deck.cells
    return slides


class _Deck:
    """The slides so far, and how full the last one is."""

    def __init__(self) -> None:
        self.cells: list[NotebookNode] = []
        self.used = ROWS  # the first piece opens the first slide
        self.section = ""  # the last heading of level 2, shown small where a slide goes on below itself
        self.asked = False  # did the text above ask to predict what comes?
        self.only_heading = False

    def add_as_written(self, cell: NotebookNode, slide_type: str) -> None:
        if slide_type == "skip":
            return
        self._put(deepcopy(cell), slide_type)
        if slide_type in ("slide", "subslide"):
            self.used = ROWS / 2  # nobody has measured it

    def add_text(self, markdown: str) -> None:
        for piece in shown(markdown):
            if piece.notes:
                self._put(new_markdown_cell(piece.text), "notes")
                continue
            self.asked = "**Predict" in piece.text
            if piece.level in (1, 2):
                self.section = re.sub(r"^#+\s*", "", piece.text)
                self._put(new_markdown_cell(piece.text), "slide")
                self.used = piece.rows
            elif piece.level:
                self._open("subslide")
                self._put(new_markdown_cell(piece.text), "-")
                self.used += piece.rows
            else:
                self._flow(new_markdown_cell(piece.text), piece.rows)
            self.only_heading = bool(piece.level)

    def add_code(self, cell: NotebookNode, below: float) -> None:
        if check_key(cell):
            self.used = ROWS  # what comes next would give the exercise away
            return
        if re.search(r"^begin\(", cell.source, re.MULTILINE) and not cell.outputs:
            return
        if asked := list(questions(cell)):
            for question in asked:
                self._open("subslide")
                self._flow(question, output_rows(question))
            return
        drawn, text = figures(cell), printed(cell)
        if drawn or is_control(cell):
            self._put(new_markdown_cell(f"```python\n{cell.source}\n```"), "notes")
        else:
            self._flow(_source_of(cell), 0.4 + CODE_ROW * len(cell.source.splitlines()))
        if text is not None:
            self._flow(text, output_rows(text) * CODE_ROW, "fragment" if self.asked else "-")
        for figure in drawn:
            self._figure(figure, below)
        self.asked = False

    def _figure(self, cell: NotebookNode, below: float) -> None:
        here, alone = (int((ROWS - used - below) * ROW_PIXELS) for used in (self.used, SECTION))
        if here < SMALLER * sized(cell, alone):
            self._open("subslide")
            here = alone
        height = sized(cell, here)
        self._put(cell, "fragment" if self.asked else "-")
        self.used = min(ROWS - below, self.used + height / ROW_PIXELS + 0.5)

    def _flow(self, cell: NotebookNode, rows: float, slide_type: str = "-") -> None:
        """Put a piece where there is room for it: on this slide, or on a new one below."""
        if self.used + rows > ROWS and not self.only_heading:
            self._open("subslide")
            slide_type = "-"
        self._put(cell, slide_type)
        self.used += rows
        self.only_heading = False

    def _open(self, slide_type: str) -> None:
        if self.only_heading:  # a slide with nothing but its heading yet is not left behind
            return
        self._put(new_markdown_cell(f'<p class="section">{self.section}</p>'), slide_type)
        self.used = SECTION

    def _put(self, cell: NotebookNode, slide_type: str) -> None:
        cell.metadata["slideshow"] = {"slide_type": slide_type}
        cell.id = f"slide-{len(self.cells)}"
        self.cells.append(cell)


def _source_of(cell: NotebookNode) -> NotebookNode:
    copy = deepcopy(cell)
    copy.outputs = []
    return copy


def _first_rows(cell: NotebookNode | None) -> float:
    """The rows of the sentence that a text cell begins with, so that it can stand below a figure; else 0."""
    if cell is None or cell.cell_type != "markdown" or cell.metadata.get("slideshow"):
        return 0
    first = next(shown(cell.source), None)
    return first.rows if first and not first.level and first.rows <= MOST_BELOW else 0
