"""Read a file that somebody has handed in. It may be anything.

`nbformat` refuses, or repairs, what is not quite a notebook. A submission needs no repair: all that is wanted of it is
what its cells say and which cell is which, so this takes whatever cells can be read and asks for nothing else.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from llmcourse.errors import CourseError

LARGEST = 50_000_000  # bytes; a solved notebook of the course has less than a million


@dataclass(frozen=True)
class SubmittedCell:
    """One cell of a submission."""

    source: str
    kind: str  # "code", "markdown" or "raw"; a learner can change it with one key
    cell_id: str
    tags: tuple[str, ...]
    grade_id: str  # the name that nbgrader has given to it, if it has


def read_cells(path: Path) -> list[SubmittedCell]:
    """The cells of the submission at `path`.

    Raises:
        CourseError: no cell can be read in it; the message says why, in one line.
    """
    try:
        size = path.stat().st_size
        data = path.read_bytes() if size <= LARGEST else b""
    except OSError as error:
        raise CourseError(f"cannot be read ({error.strerror})") from error
    if size > LARGEST:
        raise CourseError(f"is too large to be read ({size / 1e6:,.0f} MB)")
    if not data.strip():
        raise CourseError("is an empty file")
    try:
        notebook = json.loads(data.decode("utf-8-sig"))
    except UnicodeDecodeError as error:
        raise CourseError(f"is no notebook: byte {error.start + 1} is no text in UTF-8") from error
    except json.JSONDecodeError as error:
        raise CourseError(f"is no notebook: in line {error.lineno} it is no JSON ({error.msg})") from error
    except RecursionError as error:
        raise CourseError("is no notebook: its JSON is nested without end") from error
    return _cells(notebook)


def _cells(notebook: Any) -> list[SubmittedCell]:
    found = notebook.get("cells") if isinstance(notebook, dict) else None
    if not isinstance(found, list):
        raise CourseError("is no notebook: it has no list of cells, as the current format (4) has")
    return [_cell(cell) for cell in found if isinstance(cell, dict)]


def _cell(cell: dict[str, Any]) -> SubmittedCell:
    metadata = _dictionary(cell.get("metadata"))
    tags = metadata.get("tags")
    return SubmittedCell(
        source=_text(cell.get("source")),
        kind=_text(cell.get("cell_type")),
        cell_id=_text(cell.get("id")),
        tags=tuple(map(_text, tags)) if isinstance(tags, list) else (),
        grade_id=_text(_dictionary(metadata.get("nbgrader")).get("grade_id")),
    )


def _text(value: Any) -> str:
    """A text as JSON may hold it: whole, or as a list of lines. Lone halves of a character are replaced."""
    lines = value if isinstance(value, list) else [value]
    text = "".join(line for line in lines if isinstance(line, str))
    return text.encode("utf-8", errors="replace").decode("utf-8")


def _dictionary(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
