"""Building, checking, solving and running, on a notebook of a few cells."""

import json
import re
from pathlib import Path

import pytest

from llmcourse.course.authoring import notebook_from_text
from llmcourse.course.exercises import content
from llmcourse.course.files import notebook_paths, read_notebook, write_notebook
from llmcourse.course.notebooks import build, check, solve
from llmcourse.course.run import run, run_notebook
from llmcourse.errors import CourseError

TEXT = """
# %% [metadata]
number = "04"
title = "A trial"
objectives = ["one", "two", "three"]
minutes = 60
requires = ["03"]
[teacher]
teaching_minutes = 45
exercise_minutes = 45
mistakes = ["a mistake"]
discuss = ["Why?", "How?"]
skip = ["the end"]

# %% [markdown]
# A trial

# %%
begin = print  # stands for the real one, which would load torch
begin("04")

# %%
import sys
print("out")
print("err", file=sys.stderr)
print("more", flush=True)
object(), {"a", "b", "c"}

# %%
from IPython.display import display
display({"image/png": "QQ==", "text/plain": "a picture"}, raw=True, metadata={"image/png": {"alt": "a dot"}})

# %% tags=exercise:causal_mask
def causal_mask(n):
    raise NotImplementedError  # your code here

# %% tags=check:causal_mask
from llmcourse.course import exercises
exercises("04").causal_mask.check(causal_mask)
"""


def write(path: Path, text: str = TEXT) -> Path:
    write_notebook(notebook_from_text(text), path)
    return path


@pytest.fixture(scope="module")
def built(tmp_path_factory) -> Path:
    """A notebook that was built, not to be changed."""
    path = write(tmp_path_factory.mktemp("built") / "04_trial.ipynb")
    assert list(build([path])) == [path]
    return path


@pytest.fixture
def copy(built, tmp_path) -> Path:
    path = tmp_path / built.name
    path.write_bytes(built.read_bytes())
    return path


def edit(path: Path, change) -> None:
    notebook = read_notebook(path)
    change(notebook)
    write_notebook(notebook, path)


class TestBuild:
    def test_twice_gives_the_same_bytes_and_leaves_the_learners_progress_alone(self, built, copy, progress_of_its_own):
        list(build([copy]))
        assert copy.read_bytes() == built.read_bytes()
        assert not progress_of_its_own.exists()

    def test_has_outputs_and_passes_its_check(self, built):
        code = [cell for cell in read_notebook(built).cells if cell.cell_type == "code"]
        assert [len(cell.outputs) for cell in code] == [1, 3, 1, 0, 1]
        assert "○ Not attempted yet" in code[-1].outputs[0].data["text/plain"]
        assert check([built]) == []

    def test_does_not_write_where_the_notebook_is(self, tmp_path):
        path = write(tmp_path / "04_x.ipynb", '# %%\nopen("left.txt", "w").close()')
        list(build([path]))
        assert [file.name for file in tmp_path.iterdir()] == ["04_x.ipynb"]

    def test_a_cell_that_fails_is_named_and_the_file_stays(self, tmp_path):
        path = write(tmp_path / "04_x.ipynb", "# %%\nx = 1\n\n# %%\n# a comment\n1 / 0")
        before = path.read_bytes()
        with pytest.raises(CourseError, match=r"04_x.ipynb: code cell 2 \(`# a comment`\): ZeroDivisionError"):
            list(build([path]))
        assert path.read_bytes() == before

    def test_an_announced_error_is_no_failure(self, tmp_path):
        path = write(tmp_path / "04_x.ipynb", "# %% tags=raises-exception\n1 / 0")
        list(build([path]))
        traceback = read_notebook(path).cells[0].outputs[0].traceback
        assert str(Path.home()) not in "".join(traceback)

    @pytest.mark.parametrize(
        ("code", "words"),
        [("import time; time.sleep(60)", "more than 1 seconds"), ("import os; os._exit(1)", "kernel died")],
    )
    def test_a_cell_that_hangs_or_ends_the_kernel(self, tmp_path, code, words):
        path = write(tmp_path / "04_x.ipynb", f"# %%\n{code}")
        with pytest.raises(CourseError, match=words):
            list(build([path], timeout=1))


class TestCheck:
    @pytest.mark.parametrize(
        ("change", "problem"),
        [
            (lambda n: n.cells[0].update(source="# Another"), "edited after its last build"),
            (lambda n: n.metadata.llmcourse.update(minutes=5), "edited after its last build"),
            (lambda n: n.cells[1].metadata.update(tags=["x"]), "edited after its last build"),
            (lambda n: n.cells[2].outputs.clear(), "not those that its build wrote"),
            (lambda n: n.metadata.llmcourse.pop("built"), "never built"),
            (lambda n: n.metadata.llmcourse.pop("title"), "lacks 'title'"),
            (lambda n: n.metadata.llmcourse.teacher.pop("skip"), "teacher lacks 'skip'"),
            (lambda n: n.metadata.llmcourse.update(objectives=["one"]), "three to five objectives"),
            (lambda n: n.metadata.update(widgets={}), "widget state"),
            (lambda n: n.cells[1].update(source="x = 1"), r'does not call begin\("04"\)'),
            (lambda n: n.cells[2].update(execution_count=9), "do not run 1, 2, 3"),
            (lambda n: n.cells[2].update(source="x = 1\n" * 26), "code cell 2 has 26 lines"),
            (lambda n: n.cells[3].outputs[0].metadata.clear(), "code cell 3: a picture without alt text"),
            (lambda n: n.cells[2].outputs[0].update(text="x /home/me/file y"), "names a folder .* /home/me"),
            (lambda n: n.cells[4].metadata.clear(), "'causal_mask' has no cell tagged exercise:causal_mask"),
            (lambda n: n.cells[5].metadata.clear(), "'causal_mask' has no cell tagged check:causal_mask"),
            (lambda n: n.cells[4].metadata.update(tags=["exercise:x"]), "no exercise 'x'"),
            (lambda n: n.cells[4].update(source="def mask(n): ..."), "does not define 'causal_mask'"),
            (lambda n: n.cells[2].outputs[0].update(text="x" * 1_100_000), "1.1 MB"),
        ],
    )
    def test_finds(self, copy, change, problem):
        edit(copy, change)
        found = check([copy])
        assert any(re.search(problem, line) for line in found), found
        assert all(line.startswith("04_trial.ipynb: ") and "\n" not in line for line in found)

    def test_finds_a_widget_view(self, copy):
        edit(copy, lambda n: n.cells[3].outputs[0].data.update({"application/vnd.jupyter.widget-view+json": {}}))
        assert any("widget view" in line for line in check([copy]))

    def test_finds_an_error_that_was_not_announced(self, tmp_path):
        path = write(tmp_path / "04_x.ipynb", "# %% tags=raises-exception\n1 / 0")
        list(build([path]))
        assert not any("no tag announced" in line for line in check([path]))
        edit(path, lambda n: n.cells[0].metadata.clear())
        assert any("no tag announced: ZeroDivisionError" in line for line in check([path]))

    @pytest.mark.parametrize("content", ["", "{", "[]", '{"cells": 3}', json.dumps({"nbformat": 4})])
    def test_what_is_no_notebook(self, tmp_path, content):
        (tmp_path / "04_x.ipynb").write_text(content)
        (problem,) = check([tmp_path / "04_x.ipynb"])
        assert "cannot be read as a notebook" in problem


class TestSolve:
    def test_fills_the_exercise_and_nothing_else(self, built, tmp_path):
        solved = read_notebook(solve(built, tmp_path / "solved.ipynb"))
        before = read_notebook(built)
        changed = [new.source for new, old in zip(solved.cells, before.cells, strict=True) if new.source != old.source]
        assert len(changed) == 1
        assert "def causal_mask(" in changed[0]
        assert "torch.arange" in changed[0]
        assert not any(cell.get("outputs") for cell in solved.cells)

    def test_an_unknown_exercise(self, copy, tmp_path):
        edit(copy, lambda n: n.cells[4].metadata.update(tags=["exercise:nonsense"]))
        with pytest.raises(CourseError, match="no exercise 'nonsense'"):
            solve(copy, tmp_path / "solved.ipynb")


class TestRun:
    def test_both_editions_pass(self, built):
        before = built.read_bytes()
        assert run_notebook(built).passed
        assert run_notebook(built, solved=True).passed
        assert built.read_bytes() == before

    def test_a_solution_that_is_wrong_fails(self, built, monkeypatch):
        """The answer key and the check must agree: here the solution is one that the check finds wrong."""
        (exercise,) = [e for e in content("04").EXERCISES if e.key == "causal_mask"]
        wrong = "import torch\n\ndef causal_mask(n):\n    return torch.ones(n, n, dtype=torch.bool)"
        monkeypatch.setattr("llmcourse.course.solve.solution_source", lambda e: wrong if e is exercise else "")
        result = run_notebook(built, solved=True)
        assert result.outcome == "failed"
        assert "NotSolved: exercise causal_mask of notebook 04: ✗ Not right yet" in result.error

    def test_says_how_each_went(self, tmp_path):
        good, bad = tmp_path / "00_good.ipynb", tmp_path / "01_bad.ipynb"
        write(good, "# %%\nx = 1")
        write(bad, "# %%\nx = 1\n\n# %%\nraise ValueError('one\\ntwo')")
        results = list(run([good, bad, tmp_path / "02_missing.ipynb"]))
        assert [(result.name, result.outcome) for result in results] == [
            ("00_good", "passed"),
            ("01_bad", "failed"),
            ("02_missing", "failed"),
        ]
        assert results[1].error == "code cell 2 (`raise ValueError('one\\ntwo')`): ValueError: one"
        assert all(result.seconds >= 0 for result in results)


class TestPaths:
    @pytest.fixture(autouse=True)
    def folder(self, tmp_path, monkeypatch):
        for name in ("00_welcome.ipynb", "04_self_attention.ipynb", "10_pretraining.ipynb", "notes.ipynb"):
            (tmp_path / name).touch()
        monkeypatch.setenv("LLMCOURSE_NOTEBOOKS", str(tmp_path))
        return tmp_path

    @pytest.mark.parametrize(
        ("names", "found"),
        [
            ([], ["00", "04", "10"]),
            (["4"], ["04"]),
            (["10", "00"], ["10", "00"]),
            (["04_self"], ["04"]),
            (["0"], ["00"]),
        ],
    )
    def test_by_name(self, names, found):
        assert [path.name[:2] for path in notebook_paths(names)] == found

    def test_by_path(self, folder):
        assert notebook_paths([str(folder / "notes.ipynb")]) == [folder / "notes.ipynb"]

    def test_a_name_that_fits_none(self):
        with pytest.raises(CourseError, match="no notebook '7'; there are: 00, 04, 10"):
            notebook_paths(["7"])

    def test_no_folder(self, monkeypatch, tmp_path):
        monkeypatch.setenv("LLMCOURSE_NOTEBOOKS", str(tmp_path / "nowhere"))
        with pytest.raises(CourseError, match="LLMCOURSE_NOTEBOOKS"):
            notebook_paths()


def test_a_write_that_fails_leaves_the_file(copy, monkeypatch):
    before = copy.read_bytes()

    def full(*arguments):
        raise OSError("no space left")

    monkeypatch.setattr("os.replace", full)
    with pytest.raises((OSError, CourseError)):
        edit(copy, lambda n: n.cells[0].update(source="# Another"))
    assert copy.read_bytes() == before
    assert [file.name for file in copy.parent.iterdir()] == [copy.name]
