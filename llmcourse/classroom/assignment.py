"""Turn a notebook of the course into the teacher's version of an nbgrader assignment.

nbgrader knows what a cell is for by what stands in its metadata, under `nbgrader`. A learner's cell becomes a
*solution* cell named `exercise-KEY`: the blank, and below it the answer key between the marks that
`nbgrader generate_assignment` cuts out. A check becomes an *autograded* cell named `check-KEY`, worth a point for each
dot of its exercise.
"""

from __future__ import annotations

from typing import Any

from nbformat import NotebookNode

from llmcourse.classroom.intake import without_outputs
from llmcourse.course.chapters import find_exercise
from llmcourse.course.exercise import Exercise
from llmcourse.course.solve import check_key, exercise_key
from llmcourse.course.source import solution_source
from llmcourse.errors import CourseError

BEGIN, END = "### BEGIN SOLUTION", "### END SOLUTION"
SCHEMA = 3  # the version of nbgrader's metadata


def points_of(exercise: Exercise) -> int:
    """What an exercise is worth: a point for each dot of its difficulty."""
    return exercise.difficulty


def assignment_from(notebook: NotebookNode) -> NotebookNode:
    """The teacher's version of a notebook of the course, without outputs; the given one is not changed.

    Raises:
        CourseError: it has no exercise that is checked, or one that its chapter does not know.
    """
    number = str(notebook.metadata.get("llmcourse", {}).get("number", ""))
    made = without_outputs(notebook)
    checks = 0
    for cell in made.cells:
        if key := exercise_key(cell):
            cell.source = f"{cell.source}\n{BEGIN}\n{solution_source(find_exercise(number, key))}\n{END}"
            cell.metadata["nbgrader"] = _role(f"exercise-{key}", solution=True)
        elif key := check_key(cell):
            points = points_of(find_exercise(number, key))
            cell.metadata["nbgrader"] = _role(f"check-{key}", grade=True, locked=True, points=points)
            checks += 1
    if not checks:
        raise CourseError(f"notebook {number or '(without a number)'} has no exercises to grade: choose another")
    return made


def _role(name: str, **role: Any) -> NotebookNode:
    """What nbgrader wants to know of a cell."""
    plain = {"grade": False, "solution": False, "locked": False, "task": False}
    return NotebookNode(plain | role | {"grade_id": name, "schema_version": SCHEMA})
