"""Take a class through nbgrader as a teacher would: by its commands, in the folder that `classroom export` wrote.

python -m tests.classroom.nbgrader_class    prints the table of the class of thirty
"""

import csv
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterable
from pathlib import Path

from nbgrader.api import Gradebook

from llmcourse.classroom.nbgrader_course import export_course
from llmcourse.classroom.remarks import read_remarks
from llmcourse.course.files import write_notebook
from tests.classroom.submissions import POINTS, Submission, class_of_thirty, handed_out

ASSIGNMENT = "04_in_short"


def nbgrader(course: Path, *words: str) -> str:
    """Run an nbgrader command in the course's folder; it has to succeed. Returns what it printed."""
    bin_folder = str(Path(sys.executable).parent)  # where nbgrader finds `alembic`
    environment = os.environ | {"PATH": os.pathsep.join([bin_folder, os.environ["PATH"]])}
    environment["PYTHONWARNINGS"] = "ignore"
    done = subprocess.run(
        [sys.executable, "-m", "nbgrader", *words], cwd=course, env=environment, capture_output=True, text=True
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout + done.stderr


def set_up(course: Path, submissions: Iterable[Submission], seconds: float = 30) -> None:
    """Export the short assignment and lay the submissions where nbgrader looks for them."""
    notebook = course.parent / f"{ASSIGNMENT}.ipynb"
    write_notebook(handed_out(), notebook)
    export_course(course, [notebook])
    with open(course / "nbgrader_config.py", "a", encoding="utf-8") as config:
        config.write(f"\nc.RunChecks.seconds = {seconds}\nc.RunChecks.memory_mb = 1024\n")
    for submission in submissions:
        file = course / "submitted" / submission.student / ASSIGNMENT / notebook.name
        file.parent.mkdir(parents=True)
        file.write_bytes(submission.file)


def grade(course: Path, assignment: str = ASSIGNMENT) -> None:
    """From the assignment to the table of grades, with nbgrader's own commands."""
    nbgrader(course, "generate_assignment", assignment)
    nbgrader(course, "autograde", assignment)
    nbgrader(course, "generate_feedback", assignment)
    nbgrader(course, "export")


def points_in_gradebook(course: Path, assignment: str, student: str) -> dict[str, float]:
    """The points of each exercise, as nbgrader's gradebook has them."""
    with Gradebook(f"sqlite:///{course / 'gradebook.db'}") as gradebook:
        (notebook,) = gradebook.find_submission(assignment, student).notebooks
        return {grade.name.removeprefix("check-"): grade.score for grade in notebook.grades}


def scores_in_csv(course: Path) -> dict[tuple[str, str], float]:
    """The total of each (assignment, student), as `nbgrader export` wrote it."""
    with open(course / "grades.csv", newline="", encoding="utf-8") as file:
        return {(row["assignment"], row["student_id"]): float(row["score"]) for row in csv.DictReader(file)}


def remarks_about(course: Path, student: str, assignment: str = ASSIGNMENT) -> list[str]:
    """What the teacher is told about a student, a line for each remark."""
    rows = [row for row in read_remarks(course, assignment) if row["student"] == student]
    return [": ".join(filter(None, [row["exercise"], row["remark"]])) for row in rows]


def table(course: Path, submissions: Iterable[Submission]) -> str:
    """The class as a table in Markdown: what was handed in, its points as expected and as given, and the remarks."""
    scores = scores_in_csv(course)
    lines = ["| submission | what it is | expected | given | remarks for the teacher |", "|---|---|---|---|---|"]
    for submission in submissions:
        told = "; ".join(remarks_about(course, submission.student)).replace("|", r"\|")
        given = scores[ASSIGNMENT, submission.student]
        lines.append(f"| {submission.student} | {submission.what} | {submission.total} | {given:g} | {told} |")
    return "\n".join(lines)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        everyone = class_of_thirty()
        set_up(Path(folder) / "course", everyone)
        grade(Path(folder) / "course")
        print(table(Path(folder) / "course", everyone))
        print(f"\nPoints in all: {sum(POINTS.values())}.")
