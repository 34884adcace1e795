"""Write the results of a class into a folder: the table, the teacher's page and a page for each student."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from llmcourse.classroom.gather import Stray
from llmcourse.classroom.grading import Grade
from llmcourse.classroom.overview import overview_page
from llmcourse.classroom.report import student_page
from llmcourse.errors import CourseError
from llmcourse.storage import set_aside, write_atomically
from llmcourse.tables import csv_text, write_csv

TABLE, OVERVIEW, STUDENTS = "grades.csv", "index.html", "students"
COLUMNS = ("student", "notebook", "points", "out of", "exercises", "remarks")
_RESERVED = {"con", "prn", "aux", "nul"}  # names that Windows keeps for itself


def write_results(folder: Path, title: str, grades: Sequence[Grade], strays: Sequence[Stray]) -> Path:
    """Write everything and return the teacher's page. What an earlier grading has left in `folder` is set aside.

    Raises:
        CourseError: it cannot be written.
    """
    _make_room(folder)
    files = _file_names(grade.student for grade in grades)
    for student, file in files.items():
        mine = [grade for grade in grades if grade.student == student]
        write_atomically(folder / file, student_page(student, mine).encode())
    write_csv(folder / TABLE, table_of(grades, strays))
    write_atomically(folder / OVERVIEW, overview_page(title, grades, strays, files).encode())
    return folder / OVERVIEW


def _make_room(folder: Path) -> None:
    """Set a folder aside that holds grades; one that holds something else is not for them."""
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    if not (folder / TABLE).is_file():
        raise CourseError(f"{folder} holds something else than grades: choose another place with --to")
    set_aside(folder, "old")


def table_of(grades: Sequence[Grade], strays: Sequence[Stray]) -> str:
    """One row for each student and notebook, and one for each file with which nothing could be done."""
    rows: list[tuple[str | int, ...]] = []
    for grade in grades:
        marks = "; ".join(
            f"{result.key} {result.kind.sign} {result.points}/{result.out_of}" for result in grade.results
        )
        remarks = _on_one_line("; ".join(grade.all_remarks))
        rows.append((_on_one_line(grade.student), grade.notebook, grade.points, grade.out_of, marks, remarks))
    rows += [(_on_one_line(stray.student), "", 0, "", "", _on_one_line(stray.reason)) for stray in strays]
    return csv_text(COLUMNS, rows)


def _on_one_line(text: str) -> str:
    return " ".join(text.split())


def _file_names(students: Iterable[str]) -> dict[str, str]:
    """For each student the place of the page; two never share one, also where capitals do not count."""
    files: dict[str, str] = {}
    taken: set[str] = set(_RESERVED)
    for student in dict.fromkeys(students):
        name = re.sub(r"[^\w-]+", "_", student).strip("_") or "student"
        free, number = name, 2
        while free.casefold() in taken:
            free, number = f"{name}-{number}", number + 1
        taken.add(free.casefold())
        files[student] = f"{STUDENTS}/{free}.html"
    return files
