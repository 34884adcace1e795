"""The folder that `classroom export` writes: what stands in it, and what a second export leaves alone."""

import re

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from typer.testing import CliRunner

from llmcourse.classroom.assignment import BEGIN, END, assignment_from, points_of
from llmcourse.classroom.nbgrader_course import export_course
from llmcourse.cli import app
from llmcourse.course.chapters import content
from llmcourse.course.files import notebook_paths, read_notebook, write_notebook
from llmcourse.course.solve import exercise_key
from llmcourse.course.source import solution_source
from llmcourse.errors import CourseError


def nbgrader_cells(notebook):
    return {cell.metadata.nbgrader.grade_id: cell for cell in notebook.cells if "nbgrader" in cell.metadata}


@pytest.mark.parametrize("path", notebook_paths(), ids=lambda path: path.stem)
def test_every_notebook_makes_an_assignment(path):
    notebook = read_notebook(path)
    exercises = {e.key: e for e in content(notebook.metadata.llmcourse.number).EXERCISES}
    keys = [key for cell in notebook.cells if (key := exercise_key(cell))]
    cells = nbgrader_cells(assignment_from(notebook))
    assert sorted(cells) == sorted(f"{kind}-{key}" for key in keys for kind in ("check", "exercise"))
    for key in keys:
        solution, check = cells[f"exercise-{key}"], cells[f"check-{key}"]
        assert solution.metadata.nbgrader.solution and not solution.metadata.nbgrader.grade
        assert check.metadata.nbgrader.grade and check.metadata.nbgrader.locked
        assert check.metadata.nbgrader.points == points_of(exercises[key]) == exercises[key].dots.count("●")
        blank, _, rest = solution.source.partition(f"\n{BEGIN}\n")
        assert rest == f"{solution_source(exercises[key])}\n{END}"
        assert blank in [cell.source for cell in notebook.cells]


def test_the_answer_between_the_marks_runs_below_the_blank():
    cells = nbgrader_cells(assignment_from(read_notebook(notebook_paths(["04"])[0])))
    namespace = {}
    exec(cells["exercise-causal_mask"].source, namespace)
    assert namespace["causal_mask"](2).tolist() == [[True, False], [True, True]]


def test_nothing_of_the_answers_is_left_when_nbgrader_has_cut_them_out():
    preprocessors = pytest.importorskip("nbgrader.preprocessors", reason="nbgrader is in the extra `classroom`")
    for path in notebook_paths(["04", "05"]):
        original = read_notebook(path)
        cut = preprocessors.ClearSolutions(code_stub={"python": ""})
        released, _ = cut.preprocess(assignment_from(original), {})
        assert [cell.source.strip() for cell in released.cells] == [cell.source.strip() for cell in original.cells]


def test_a_notebook_without_exercises_is_refused(tmp_path):
    write_notebook(new_notebook(cells=[new_code_cell("1")]), tmp_path / "empty.ipynb")
    with pytest.raises(CourseError, match="no exercises"):
        export_course(tmp_path / "course", [tmp_path / "empty.ipynb"])


def test_a_second_export_adds_and_keeps(tmp_path):
    course = tmp_path / "course"
    assert export_course(course, notebook_paths(["04"])) == {"04_self_attention": 7}
    edited = course / "nbgrader_config.py"
    edited.write_text(edited.read_text(encoding="utf-8") + "# mine\n", encoding="utf-8")
    source = course / "source" / "04_self_attention" / "04_self_attention.ipynb"
    before = source.read_bytes()
    assert export_course(course, notebook_paths(["04", "05"])).keys() == {
        "04_self_attention",
        "05_multi_head_attention",
    }
    assert edited.read_text(encoding="utf-8").endswith("# mine\n"), "the teacher's settings stay"
    assert source.read_bytes() == before
    assert len(list(source.parent.iterdir())) == 1
    listed = re.findall(r"^\| `(\w+)` \| (\d+) \|$", (course / "README.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert listed == [("04_self_attention", "7"), ("05_multi_head_attention", "10")]


def test_an_edited_assignment_is_set_aside_where_nbgrader_does_not_look(tmp_path):
    course = tmp_path / "course"
    export_course(course, notebook_paths(["04"]))
    source = course / "source" / "04_self_attention" / "04_self_attention.ipynb"
    source.write_text(nbformat.writes(new_notebook(cells=[new_code_cell("# the teacher's")])), encoding="utf-8")
    export_course(course, notebook_paths(["04"]))
    assert [file.name for file in source.parent.glob("*.ipynb")] == [source.name]
    kept = [
        file for file in course.rglob("*") if file.is_file() and "the teacher's" in file.read_text(encoding="utf-8")
    ]
    assert len(kept) == 1


def test_the_command(tmp_path):
    done = CliRunner().invoke(app, ["classroom", "export", str(tmp_path / "course"), "--notebooks", "04", "05"])
    assert done.exit_code == 0
    assert "04_self_attention: 7 points" in done.output and "05_multi_head_attention: 10 points" in done.output
    assert len(list(tmp_path.glob("course/source/*/*.ipynb"))) == 2


def test_a_file_where_the_folder_should_be(tmp_path):
    (tmp_path / "course").write_text("")
    with pytest.raises(CourseError, match="is a file"):
        export_course(tmp_path / "course", notebook_paths(["04"]))
