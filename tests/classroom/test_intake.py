"""Taking a submission in: which code counts as an answer, what comes along, and what the teacher is told."""

import json
from collections.abc import Callable
from pathlib import Path

import nbformat
import pytest
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell

from llmcourse.classroom.intake import Intake, take_in
from llmcourse.classroom.roles import checked_name
from llmcourse.course.solve import exercise_key
from tests.classroom.submissions import POINTS, cell_of, handed_out, right

ORIGINAL = handed_out()
MINE = "def softmax(x, dim):\n    return x.softmax(dim)"


@pytest.fixture
def take(tmp_path: Path) -> Callable[..., Intake]:
    """Take in a notebook in which the softmax has this source, edited further."""

    def take(softmax: str = MINE, edit: Callable[[NotebookNode], None] | None = None) -> Intake:
        notebook = handed_out()
        cell_of(notebook, "exercise:softmax").source = softmax
        if edit:
            edit(notebook)
        file = tmp_path / "submission.ipynb"
        file.write_text(nbformat.writes(notebook), encoding="utf-8")
        return take_in(file, ORIGINAL)

    return take


def take_bytes(data: bytes, folder: Path) -> Intake:
    (folder / "submission.ipynb").write_bytes(data)
    return take_in(folder / "submission.ipynb", ORIGINAL)


def sources(notebook: NotebookNode) -> list[str]:
    return [cell.source for cell in notebook.cells]


def told(intake: Intake) -> str:
    return "\n".join(remark.text for remark in intake.remarks)


class TestWhatCounts:
    def test_the_answers_and_nothing_else(self, take):
        def scribble(notebook):
            for cell in notebook.cells:
                if not exercise_key(cell):
                    cell.source += "\nraise SystemExit"
            notebook.cells.append(new_code_cell("print('my own experiment')"))

        taken = take(edit=scribble)
        expected = [MINE if exercise_key(cell) == "softmax" else cell.source for cell in ORIGINAL.cells]
        assert sources(taken.notebook) == expected
        assert taken.answers == {"softmax": MINE, "attention": "", "causal_mask": "", "previous_token": ""}

    def test_as_it_was_handed_out_nothing_is_said(self, tmp_path):
        taken = take_bytes(nbformat.writes(ORIGINAL).encode(), tmp_path)
        assert sources(taken.notebook) == sources(ORIGINAL)
        assert not any(taken.answers.values())
        assert taken.remarks == []

    def test_the_original_stays_as_it_is(self, take):
        before = nbformat.writes(ORIGINAL)
        take()
        assert nbformat.writes(ORIGINAL) == before

    @pytest.mark.parametrize("name", ["tags", "id", "nbgrader"])
    def test_a_cell_is_known_by_any_of_its_names(self, take, name):
        def leave_one_name(notebook):
            cell = cell_of(notebook, "exercise:softmax")
            cell.metadata = NotebookNode({"nbgrader": {"grade_id": "exercise-softmax"}} if name == "nbgrader" else {})
            if name == "tags":
                cell.metadata.tags = ["exercise:softmax"]
            if name != "id":
                cell.id = "another"

        assert take("softmax = torch.softmax", leave_one_name).answers["softmax"] == "softmax = torch.softmax"

    def test_a_cell_without_any_name_is_known_by_what_it_defines(self, take):
        def by_hand(notebook):
            cell = cell_of(notebook, "exercise:softmax")
            cell.metadata, cell.id = NotebookNode(), "another"

        taken = take(edit=by_hand)
        assert taken.answers["softmax"] == MINE
        assert "that one counts" in told(taken)

    def test_of_two_the_last_one_that_is_filled_in(self, take):
        blank = cell_of(ORIGINAL, "exercise:softmax")

        def add(source):
            def edit(notebook):
                copy = nbformat.from_dict(blank)
                copy.id, copy.source = "copy", source
                notebook.cells.append(copy)

            return edit

        assert take(edit=add("softmax = 1")).answers["softmax"] == "softmax = 1"
        assert take(edit=add(blank.source)).answers["softmax"] == MINE
        assert "there 2 times" in told(take(edit=add(blank.source)))


class TestHelpers:
    def test_come_along_with_what_they_need(self, take):
        def add_helpers(notebook):
            notebook.cells.insert(2, new_code_cell("import math\nBASE = math.e\ndef power(x):\n    return BASE ** x"))
            notebook.cells.insert(3, new_code_cell("def unused(x):\n    while True: pass\nprint(power(2))"))

        taken = take("def softmax(x, dim):\n    return power(x)", add_helpers)
        namespace: dict = {}
        exec(taken.answers["softmax"], namespace)
        assert namespace["softmax"](1, 0) == pytest.approx(2.718281828)
        assert "unused" not in namespace
        assert "print" not in taken.answers["softmax"]

    def test_a_name_that_an_answer_has_for_itself_is_not_looked_for(self, take):
        def experiment(notebook):
            notebook.cells.insert(2, new_code_cell("x = 1\ndim = 2\nrows = 3\nprint(x)"))

        taken = take("def softmax(x, dim):\n    return [rows for rows in x.softmax(dim)]", experiment)
        assert taken.remarks == []

    def test_do_not_take_the_place_of_what_the_notebook_defines(self, take):
        def redefine(notebook):
            notebook.cells.append(new_code_cell("torch = None\nsum = None"))

        taken = take("def softmax(x, dim):\n    return sum(torch.ones(3))", redefine)
        assert "None" not in taken.answers["softmax"]


class TestRemarks:
    def test_no_python(self, take):
        taken = take("def softmax(x, dim):\n    return (x")
        assert "it is no Python: line 2" in told(taken)

    def test_magics_are_python_here(self, take):
        assert told(take(f"%time 1\n{MINE}")) == ""

    def test_a_check_that_was_edited_by_white_space_only_was_not(self, take):
        def space(notebook):
            cell_of(notebook, "check:softmax").source += "  \n\n"

        assert told(take(edit=space)) == ""

    def test_what_forfeits_is_not_run(self, take):
        taken = take("from llmcourse.model.softmax import softmax")
        assert list(taken.forfeited) == ["softmax"]
        (cell,) = [cell for cell in taken.notebook.cells if exercise_key(cell) == "softmax"]
        kept = [line for line in cell.source.splitlines() if not line.startswith("#")]
        assert "\n".join(kept).strip() == cell_of(ORIGINAL, "exercise:softmax").source
        assert "# from llmcourse.model.softmax import softmax" in cell.source


class TestWhateverIsHandedIn:
    @pytest.mark.parametrize(
        ("data", "why"),
        [
            (b"", "empty file"),
            (b"\x00\xff\xfe", "no text in UTF-8"),
            (b'{"cells": [', "in line 1"),
            (b"[" * 100_000, "nested without end"),
            (b"17", "no list of cells"),
            (b'{"worksheets": [{"cells": []}]}', "no list of cells"),
        ],
    )
    def test_what_is_no_notebook_is_said_to_be_none(self, tmp_path, data, why):
        taken = take_bytes(data, tmp_path)
        assert not taken.readable
        assert why in told(taken)
        assert sources(taken.notebook) == sources(ORIGINAL)

    def test_a_file_that_is_not_there(self, tmp_path):
        assert "cannot be read" in told(take_in(tmp_path / "nothing.ipynb", ORIGINAL))

    @pytest.mark.parametrize(
        "cell",
        [
            17,
            {},
            {"source": None, "metadata": "no"},
            {"source": [1, {}, "x = 1"], "metadata": {"tags": 5}, "cell_type": ["code"], "id": 3},
            {"source": "\ud800", "cell_type": "code", "metadata": {"nbgrader": []}},
        ],
        ids=str,
    )
    def test_broken_cells_do_not_hide_the_others(self, tmp_path, cell):
        notebook = json.loads(nbformat.writes(ORIGINAL))
        notebook["cells"].insert(0, cell)
        for known in notebook["cells"][1:]:
            if "exercise:softmax" in known["metadata"].get("tags", []):
                known["source"] = [f"{line}\n" for line in MINE.split("\n")]
        taken = take_bytes(json.dumps(notebook).encode(), tmp_path)
        assert taken.answers["softmax"].strip() == MINE

    def test_a_notebook_of_another_chapter(self, tmp_path):
        other = nbformat.v4.new_notebook(cells=[new_markdown_cell("# Another"), new_code_cell("x = 1")])
        taken = take_bytes(nbformat.writes(other).encode(), tmp_path)
        assert taken.answers == dict.fromkeys(POINTS, "")
        assert told(taken).count("its cell is missing") == len(POINTS)


@pytest.mark.parametrize(
    ("check", "name"),
    [
        ('exercise = exercises("04")\nexercise.softmax.check(softmax)', "softmax"),
        ("q.dpo.check(dpo_loss)", "dpo_loss"),
        ("print(1)", ""),
        ("this is no code", ""),
    ],
)
def test_what_a_check_is_given(check, name):
    assert checked_name(check) == name


def test_the_answer_key_raises_no_suspicion(take):
    taken = take(right("softmax"))
    assert taken.remarks == []
