"""Write the results of a class into a folder: the table, the teacher's page and a page for each student."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterable, Sequence
from pathlib import Path

from llmcourse.classroom.gather import Stray
from llmcourse.classroom.grading import Grade
from llmcourse.classroom.overview import overview_page
from llmcourse.classroom.report import student_page
from llmcourse.errors import CourseError
from llmcourse.storage import write_atomically

TABLE, OVERVIEW, STUDENTS = "grades.csv", "index.html", "students"
COLUMNS = ("student", "notebook", "points", "out of", "exercises", "remarks")
_RESERVED = {"con", "prn", "aux", "nul"}  # names that Windows keeps for itself


def write_results(folder: Path, title: str, grades: Sequence[Grade], strays: Sequence[Stray]) -> Path:
    """Write everything and return the teacher's page. What an earlier grading has left in `folder` is set aside.

    Raises:
        CourseError: it cannot be written.
    """
    set_aside(folder)
    files = _file_names(grade.student for grade in grades)
    for student, file in files.items():
        mine = [grade for grade in grades if grade.student == student]
        write_atomically(folder / file, student_page(student, mine).encode())
    write_atomically(folder / TABLE, table_of(grades, strays).encode("utf-8-sig"))  # with its mark, Excel reads it
    write_atomically(folder / OVERVIEW, overview_page(title, grades, strays, files).encode())
    return folder / OVERVIEW


def set_aside(folder: Path) -> None:
    """Rename a folder that holds something, to the first name that is free: grades, grades-1, grades-2 …"""
    if not folder.exists() or (folder.is_dir() and not any(folder.iterdir())):
        return
    if not (folder / TABLE).is_file():
        raise CourseError(f"{folder} holds something else than grades: choose another place with --to")
    number = 1
    while (old := folder.with_name(f"{folder.name}-{number}")).exists():
        number += 1
    folder.rename(old)


def table_of(grades: Sequence[Grade], strays: Sequence[Stray]) -> str:
    """One row for each student and notebook, and one for each file with which nothing could be done."""
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(COLUMNS)
    for grade in grades:
        marks = "; ".join(
            f"{result.key} {result.kind.sign} {result.points}/{result.out_of}" for result in grade.results
        )
        remarks = "; ".join(grade.all_remarks)
        writer.writerow([_plain(grade.student), grade.notebook, grade.points, grade.out_of, marks, _plain(remarks)])
    for stray in strays:
        writer.writerow([_plain(stray.student), "", 0, "", "", _plain(stray.reason)])
    return text.getvalue()


def _plain(text: str) -> str:
    """On one line, and so that a spreadsheet does not take it for a formula."""
    text = " ".join(text.split())
    return f"'{text}" if text.startswith(("=", "+", "-", "@")) else text


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
