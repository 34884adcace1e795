"""What the teacher of an nbgrader course should look at: one file for each assignment, `remarks/ASSIGNMENT.csv`."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path

from llmcourse.storage import write_atomically

COLUMNS = ("student", "notebook", "exercise", "remark")


def remarks_file(course: Path, assignment: str) -> Path:
    """Where the remarks on an assignment are kept."""
    return course / "remarks" / f"{assignment}.csv"


def read_remarks(course: Path, assignment: str) -> list[dict[str, str]]:
    """All remarks on an assignment, a dictionary for each with the keys of COLUMNS."""
    file = remarks_file(course, assignment)
    if not file.exists():
        return []
    with open(file, newline="", encoding="utf-8-sig") as stream:
        return list(csv.DictReader(stream))


def replace_remarks(
    course: Path, assignment: str, student: str, notebook: str, remarks: Sequence[tuple[str, str]]
) -> None:
    """Put these (exercise, remark) in the place of all that was said of this student's notebook before."""
    kept = [row for row in read_remarks(course, assignment) if (row["student"], row["notebook"]) != (student, notebook)]
    added = [dict(zip(COLUMNS, (student, notebook, *remark), strict=True)) for remark in remarks]
    text = io.StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    writer.writerows(sorted(kept + added, key=lambda row: (row["student"], row["notebook"])))
    write_atomically(remarks_file(course, assignment), text.getvalue().encode("utf-8-sig"))  # spreadsheets look for it
