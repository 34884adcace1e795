"""nbgrader takes a class of thirty from the assignment to the table of grades, whatever they have handed in."""

from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook

pytest.importorskip("nbgrader", reason="nbgrader is in the extra `classroom`")

from llmcourse.classroom.nbgrader_autograde import write_outcomes
from llmcourse.classroom.nbgrader_course import export_course
from llmcourse.course.files import notebook_paths
from llmcourse.course.solve import solve
from llmcourse.errors import CourseError
from tests.classroom.nbgrader_class import (
    ASSIGNMENT,
    grade,
    nbgrader,
    points_in_gradebook,
    remarks_about,
    scores_in_csv,
    set_up,
)
from tests.classroom.submissions import NEIGHBOUR, Submission, cell_of, class_of_thirty, right, write

CLASS = class_of_thirty()
pytestmark = pytest.mark.timeout(1800)  # on a busy machine; the loops that never end are stopped long before


@pytest.fixture(scope="module")
def course(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("classroom") / "course"
    set_up(folder, CLASS)
    grade(folder)
    return folder


@pytest.mark.parametrize("submission", CLASS, ids=lambda submission: submission.student)
def test_every_grade_is_the_one_expected(course: Path, submission: Submission) -> None:
    assert points_in_gradebook(course, ASSIGNMENT, submission.student) == submission.points
    assert scores_in_csv(course)[ASSIGNMENT, submission.student] == submission.total


@pytest.mark.parametrize("submission", CLASS, ids=lambda submission: submission.student)
def test_the_odd_ones_are_listed_with_the_reason(course: Path, submission: Submission) -> None:
    told = "\n".join(remarks_about(course, submission.student))
    assert bool(told) == bool(submission.remarks), told
    for words in submission.remarks:
        assert words in told


def test_everybody_has_a_page_of_feedback(course: Path) -> None:
    pages = {page.parts[-3]: page.read_text(encoding="utf-8") for page in course.glob("feedback/*/*/*.html")}
    assert pages.keys() == {submission.student for submission in CLASS}
    assert "The scores are not scaled" in pages["mistakes_02"]
    assert "✓ Correct" in pages[NEIGHBOUR]
    assert "No points" in pages["answer_key"]


def test_a_neighbours_answer_is_not_read(course: Path) -> None:
    autograded = course / "autograded" / "reading" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    (check,) = [
        cell
        for cell in nbformat.read(autograded, as_version=4).cells
        if cell.metadata.get("nbgrader", {}).get("grade_id") == "check-softmax"
    ]
    assert check.outputs[0].ename == "Not attempted yet"


def test_the_true_notebooks_from_end_to_end(tmp_path: Path) -> None:
    course = tmp_path / "course"
    points = export_course(course, notebook_paths(["04", "05"]))
    for path in notebook_paths(["04", "05"]):
        solved = course / "submitted" / "solved" / path.stem / path.name
        solved.parent.mkdir(parents=True)
        solve(path, solved)
        as_released = course / "submitted" / "blank" / path.stem / path.name
        as_released.parent.mkdir(parents=True)
        as_released.write_bytes(path.read_bytes())
        grade(course, path.stem)
    expected = {(name, "solved"): worth for name, worth in points.items()} | {(name, "blank"): 0 for name in points}
    assert scores_in_csv(course) == expected
    assert not [
        *remarks_about(course, "solved", next(iter(points))),
        *remarks_about(course, "blank", next(iter(points))),
    ]


def test_what_the_teacher_has_changed_holds(tmp_path: Path) -> None:
    """Other points, an exercise less, a question in words."""
    course = tmp_path / "course"
    answers = write(
        {key: right(key) for key in ("softmax", "attention")}, lambda nb: nb.cells.append(essay("Because."))
    )
    set_up(course, [Submission("anna", "", answers, {})])
    source = course / "source" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb"
    notebook = nbformat.read(source, as_version=4)
    cell_of(notebook, "check:softmax").metadata.nbgrader.points = 5
    gone = [cell_of(notebook, f"{kind}:previous_token") for kind in ("exercise", "check")]
    notebook.cells = [cell for cell in notebook.cells if cell not in gone] + [essay("Why?")]
    nbformat.write(notebook, source)
    grade(course)
    assert points_in_gradebook(course, ASSIGNMENT, "anna") == {
        "softmax": 5,
        "attention": 2,
        "causal_mask": 0,
        "essay": 0,
    }
    assert "Because." in (course / "autograded" / "anna" / ASSIGNMENT / source.name).read_text(encoding="utf-8")


def test_an_autograded_cell_that_nobody_would_run_is_refused() -> None:
    """nbgrader gives all points for a cell without an error under it."""
    role = ROLE | {"grade_id": "own", "locked": True}
    notebook = new_notebook(cells=[essay("Why?"), new_code_cell("assert False", metadata={"nbgrader": role})])
    with pytest.raises(CourseError, match="'own' is none of the course's checks"):
        write_outcomes(notebook, {})


ROLE = {"grade": True, "solution": False, "locked": False, "task": False, "points": 4, "schema_version": 3}


def essay(text: str) -> NotebookNode:
    """A cell for an answer in words, as nbgrader's panel makes it."""
    role = ROLE | {"grade_id": "essay", "solution": True}
    return new_markdown_cell(text, id="essay", metadata={"nbgrader": role})


def test_a_machine_on_which_nothing_runs_gives_no_grades(tmp_path: Path) -> None:
    course = tmp_path / "course"
    set_up(course, [Submission("anna", "", write({"softmax": right("softmax")}), {})])
    nbgrader(course, "generate_assignment", ASSIGNMENT)
    with open(course / "nbgrader_config.py", "a", encoding="utf-8") as config:
        config.write("\nimport llmcourse.classroom.apart as apart\napart.START_SECONDS = 0.01\n")
    with pytest.raises(AssertionError, match="nothing of anna could be run on this machine"):
        nbgrader(course, "autograde", ASSIGNMENT)
    assert "could not be run" in " ".join(remarks_about(course, "anna"))
