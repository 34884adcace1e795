"""A class of thirty: every grade is as expected, nothing stops the batch, the odd ones are listed with the reason."""

from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat import NotebookNode
from typer.testing import CliRunner

from llmcourse import cli
from llmcourse.classroom import grading
from llmcourse.classroom.gather import Submission, gather
from llmcourse.classroom.grading import Grade, grade, grade_all
from llmcourse.classroom.limits import MIB, Limits
from llmcourse.course.outcome import Kind
from tests.classroom import submissions
from tests.classroom.submissions import NUMBER, POINTS, class_of_thirty, handed_out

CLASS = class_of_thirty()
NOTEBOOK = f"{NUMBER}_self_attention"
pytestmark = pytest.mark.timeout(1800)  # on a busy machine; the loops that never end are stopped long before


def lay_out(folder: Path, made: list[submissions.Submission]) -> None:
    """Lay submissions into a folder, in three of the layouts that are understood."""
    for number, one in enumerate(made):
        places = (f"{one.student}/{NOTEBOOK}", f"{one.student}_{NOTEBOOK}", f"{NOTEBOOK}_{one.student}")
        file = folder / f"{places[number % 3]}.ipynb"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_bytes(one.file)


@pytest.fixture(scope="module")
def graded(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Grade]:
    folder = tmp_path_factory.mktemp("class")
    lay_out(folder, CLASS)
    found, strays = gather(folder, [Path(f"{NOTEBOOK}.ipynb")])
    assert not strays
    limits = Limits(seconds=30, memory=1024 * MIB)
    return {one.student: one for one in grade_all(found, {NOTEBOOK: handed_out()}, limits, jobs=2)}


@pytest.mark.parametrize("submission", CLASS, ids=lambda submission: submission.student)
def test_every_grade_is_the_one_expected(graded: dict[str, Grade], submission: submissions.Submission) -> None:
    given = graded[submission.student]
    assert {result.key: result.points for result in given.results} == submission.points
    assert (given.points, given.out_of) == (submission.total, sum(POINTS.values()))


@pytest.mark.parametrize("submission", CLASS, ids=lambda submission: submission.student)
def test_the_odd_ones_are_listed_with_the_reason(graded: dict[str, Grade], submission: submissions.Submission) -> None:
    told = "\n".join(graded[submission.student].all_remarks)
    assert bool(told) == bool(submission.remarks), told
    for words in submission.remarks:
        assert words in told


def test_a_mistake_gets_its_own_diagnosis(graded: dict[str, Grade]) -> None:
    said = {result.diagnosis for one in graded.values() for result in one.results}
    assert any("The scores are not scaled" in words for words in said)
    assert any("divide the numbers by their own sum" in words for words in said)


def test_a_neighbours_file_is_not_read(graded: dict[str, Grade]) -> None:
    (softmax,) = [result for result in graded["reading"].results if result.key == "softmax"]
    assert softmax.kind is Kind.NOT_ATTEMPTED


def test_what_the_grading_itself_stumbles_over_is_a_remark(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def stumble(*_: Any, **__: Any) -> None:
        raise KeyError("unheard of")

    monkeypatch.setattr(grading, "take_in", stumble)
    (given,) = grade_all([Submission("anna", NOTEBOOK, tmp_path / "x")], {NOTEBOOK: handed_out()}, Limits())
    assert given.points == 0 and given.out_of == sum(POINTS.values())
    assert "unheard of" in given.remarks[0]


def test_what_stands_below_the_last_answer_is_not_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    ran: list[Any] = []
    monkeypatch.setattr(grading, "run_apart", lambda number, cells, *_: ran.extend(cells) or grading.Findings())
    file = tmp_path / "anna.ipynb"
    file.write_bytes(submissions.write({"softmax": submissions.right("softmax")}))
    grade(Submission("anna", NOTEBOOK, file), handed_out(), Limits())
    assert [cell.check for cell in ran if cell.check] == ["softmax"]
    assert ran[-1].check == "softmax"


def test_an_error_in_the_notebooks_own_cell_is_told(tmp_path: Path) -> None:
    original: NotebookNode = handed_out()
    original.cells.insert(1, nbformat.v4.new_code_cell("1 / 0"))
    file = tmp_path / "anna.ipynb"
    file.write_bytes(submissions.write({"softmax": submissions.right("softmax")}))
    given = grade(Submission("anna", NOTEBOOK, file), original, Limits())
    assert given.points == POINTS["softmax"]
    assert given.all_remarks == ["the notebook's own cell `1 / 0` raised ZeroDivisionError: division by zero"]


# ---- the command


def run_command(*words: str) -> Any:
    return CliRunner().invoke(cli.app, ["grade", *words], env={"COLUMNS": "120"})


@pytest.fixture
def small_class(tmp_path: Path) -> tuple[Path, Path]:
    """A folder of submissions of which none has to be run, and the notebook that was handed out."""
    lay_out(tmp_path / "class", [one for one in CLASS if one.student in ("blank", "a_list", "cut_off")])
    notebook = tmp_path / f"{NOTEBOOK}.ipynb"
    nbformat.write(handed_out(), notebook)
    return tmp_path / "class", notebook


def test_the_command_writes_the_grades_and_names_the_odd_ones(small_class: tuple[Path, Path]) -> None:
    folder, notebook = small_class
    result = run_command(str(folder), "--notebook", str(notebook))
    assert result.exit_code == 0
    assert "3 graded, 2 to look at" in result.output and "cut_off" in result.output
    written = folder.with_name("class-grades")
    assert {path.relative_to(written).as_posix() for path in written.rglob("*.*")} == {
        "grades.csv",
        "index.html",
        "students/a_list.html",
        "students/blank.html",
        "students/cut_off.html",
    }


def test_earlier_grades_are_set_aside(small_class: tuple[Path, Path], tmp_path: Path) -> None:
    folder, notebook = small_class
    for _ in range(3):
        assert run_command(str(folder), "-n", str(notebook), "--to", str(tmp_path / "out")).exit_code == 0
    assert all((tmp_path / name / "grades.csv").exists() for name in ("out", "out.old-1", "out.old-2"))


def test_a_folder_of_something_else_is_left_alone(small_class: tuple[Path, Path]) -> None:
    folder, notebook = small_class
    result = run_command(str(folder), "-n", str(notebook), "--to", str(folder))
    assert result.exit_code != 0
    assert "something else" in str(result.exception)


def test_what_was_graded_before_a_stop_is_kept(small_class: tuple[Path, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    whole = grading.grade

    def stop_at_the_second(submission: Submission, *rest: Any) -> Grade:
        if submission.student == "blank":
            raise KeyboardInterrupt
        return whole(submission, *rest)

    monkeypatch.setattr(grading, "grade", stop_at_the_second)
    folder, notebook = small_class
    result = run_command(str(folder), "-n", str(notebook), "--jobs", "1")
    assert result.exit_code != 0
    lines = (folder.with_name("class-grades") / "grades.csv").read_text(encoding="utf-8-sig").splitlines()
    assert lines[1].startswith("a_list,")
    assert sum("not graded" in line for line in lines) == 2
