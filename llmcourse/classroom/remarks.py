"""What the teacher of an nbgrader course should look at: one file for each assignment, `remarks/ASSIGNMENT.csv`."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path

from llmcourse.tables import csv_text, harmless, write_csv

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
    stored = [tuple(row[column] for column in COLUMNS) for row in read_remarks(course, assignment)]
    kept = [row for row in stored if row[:2] != (harmless(student), notebook)]
    added: list[tuple[str, ...]] = [(student, notebook, *remark) for remark in remarks]
    rows = sorted(kept + added, key=lambda row: row[:2])
    write_csv(remarks_file(course, assignment), csv_text(COLUMNS, rows))
