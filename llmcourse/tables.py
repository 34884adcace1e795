"""Tables for a teacher's spreadsheet, as CSV."""

import csv
import io
from collections.abc import Iterable, Sequence
from pathlib import Path

from llmcourse.storage import write_atomically

FORMULA = tuple("=+-@\t\r")  # what a spreadsheet would not show but run


def csv_text(columns: Sequence[str], rows: Iterable[Iterable[str | int]]) -> str:
    """The rows below the names of their columns. No cell is a formula, whoever has chosen its words."""
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([harmless(cell) for cell in row] for row in rows)
    return text.getvalue()


def write_csv(path: Path, text: str) -> None:
    """Write it with the mark by which Excel knows UTF-8. Raises CourseError where it cannot be written."""
    write_atomically(path, text.encode("utf-8-sig"))


def harmless(cell: str | int) -> str | int:
    """The cell, such that a spreadsheet shows it and does not run it."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(FORMULA) else cell
