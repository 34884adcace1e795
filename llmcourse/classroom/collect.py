"""Lay submissions as a learning platform hands them over where nbgrader looks for them."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from llmcourse.classroom.gather import gather
from llmcourse.classroom.remarks import replace_remarks
from llmcourse.errors import CourseError


@dataclass(frozen=True)
class Collected:
    """What became of one file."""

    student: str
    what: str  # "collected", "as it was", "replaced", or why nothing could be done with it
    is_odd: bool = False


def collect(course: Path, download: Path, assignment: str) -> Iterator[Collected]:
    """Copy the submissions in `download` to `submitted/STUDENT/ASSIGNMENT/` of an nbgrader course, one after the other.

    What a student handed in before is kept in `replaced/`. What nothing can be done with is listed among the remarks.

    Raises:
        CourseError: the course has no such assignment, or there is nothing in `download`.
    """
    notebooks = sorted((course / "source" / assignment).glob("[!.]*.ipynb"))
    if not notebooks:
        there = sorted(folder.name for folder in course.glob("source/*") if folder.is_dir())
        raise CourseError(f"{course} has no assignment {assignment!r}; it has: {', '.join(there) or 'none'}")
    submissions, strays = gather(download, notebooks)
    for submission in submissions:
        student = _as_nbgrader_likes(submission.student)
        place = course / "submitted" / student / assignment / f"{submission.notebook}.ipynb"
        yield Collected(student, _copy(submission.path, place, course / "replaced" / student / assignment))
        replace_remarks(course, assignment, student, "", [("", remark) for remark in submission.remarks])
    for stray in strays:
        student = _as_nbgrader_likes(stray.student)
        replace_remarks(course, assignment, student, "", [("", stray.reason)])
        yield Collected(student, stray.reason, is_odd=True)


def _as_nbgrader_likes(student: str) -> str:
    """A name without the signs that mean something in its patterns for files, or in a table that it does not quote."""
    return re.sub(r"[\[\]*?{}+/\\,;\"\s]+", "_", student)


def _copy(file: Path, place: Path, replaced: Path) -> str:
    if place.exists() and place.read_bytes() == file.read_bytes():
        return "as it was"
    what = "collected"
    if place.exists():
        number = len(list(replaced.glob("*.ipynb"))) + 1
        replaced.mkdir(parents=True, exist_ok=True)
        shutil.move(place, replaced / f"{place.stem}-{number}.ipynb")
        what = "replaced: grade it again with `nbgrader autograde --force --student`"
    place.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(file, place)
    return what
