"""The solved edition of a notebook: every exercise cell filled in from the answer key.

The cell becomes the source of the package's own function or class, with the imports that this source needs to stand
alone.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from llmcourse.course.chapters import find_exercise
from llmcourse.course.files import read_notebook, write_notebook
from llmcourse.course.source import solution_source
from llmcourse.errors import CourseError


def solve(path: Path, out: Path) -> Path:
    """Write the solved edition of the notebook `path` to `out`, without outputs, and return `out`.

    Raises:
        CourseError: the notebook has an exercise that its chapter does not know.
    """
    write_notebook(solved_copy(read_notebook(path)), out)
    return out


def solved_copy(notebook: NotebookNode) -> NotebookNode:
    """A copy of the notebook in which every cell tagged `exercise:KEY` holds the answer, and nothing has an output."""
    number = str(notebook.metadata.get("llmcourse", {}).get("number", ""))
    solved = nbformat.from_dict(notebook)
    for cell in solved.cells:
        if key := exercise_key(cell):
            cell.source = solution_source(find_exercise(number, key))
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return solved


def exercise_key(cell: NotebookNode) -> str | None:
    """The KEY of a cell tagged `exercise:KEY`, or None."""
    return _key(cell, "exercise:")


def check_key(cell: NotebookNode) -> str | None:
    """The KEY of a cell tagged `check:KEY`, or None."""
    return _key(cell, "check:")


def _key(cell: NotebookNode, kind: str) -> str | None:
    return next((tag.removeprefix(kind) for tag in cell.metadata.get("tags", []) if tag.startswith(kind)), None)


def exercise_problems(number: str, key: str, source: str) -> Iterator[str]:
    """Why the cell with this source cannot be solved: no such exercise, or it defines another name than the answer."""
    try:
        exercise = find_exercise(number, key)
    except CourseError as error:
        yield str(error)
        return
    if not exercise.solution_code and exercise.answer.__name__ not in source:
        yield f"exercise {key!r} does not define {exercise.answer.__name__!r}, as its solution does"
