"""Links to Colab and Binder, and the lines that install the course on Colab: from one setting, without a run."""

import re
import tomllib
from pathlib import Path

import pytest
from nbformat import NotebookNode

from llmcourse.course import elsewhere
from llmcourse.course.authoring import notebook_from_text
from llmcourse.course.elsewhere import is_chapter, link, links, repository, without_colab
from llmcourse.course.execute import execute
from llmcourse.course.files import read_notebook, write_notebook
from llmcourse.course.notebooks import build, check
from llmcourse.course.notebooks import link as link_files
from llmcourse.errors import CourseError

OURS = "https://github.com/somebody/course"
TEXT = """
# %% [metadata]
number = "04"

# %% [markdown]
# Four

It begins.

# %%
begin = print
begin("04")
"""


def chapter() -> NotebookNode:
    return notebook_from_text(TEXT)


def test_the_one_setting_is_in_pyproject(root: Path) -> None:
    project = tomllib.loads((root / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert repository() == project["urls"]["Repository"]


def test_nothing_else_names_the_repository(root: Path) -> None:
    address = repository()
    files = [*root.glob("llmcourse/**/*.py"), *root.glob("docs/**/*.md"), *root.glob("*.md"), *root.glob("*.yml")]
    assert not [file for file in files if address in file.read_text(encoding="utf-8")]


def test_links_lead_to_the_notebook() -> None:
    line = links("04_four.ipynb", OURS)
    colab, binder = re.findall(r"\((https://[^)]+)\)", line)
    assert colab == "https://colab.research.google.com/github/somebody/course/blob/main/notebooks/04_four.ipynb"
    assert binder == "https://mybinder.org/v2/gh/somebody/course/main?urlpath=lab%2Ftree%2Fnotebooks%2F04_four.ipynb"
    assert "![" not in line, "a picture would be fetched from another server"


def test_a_chapter_gets_its_lines_once() -> None:
    notebook = chapter()
    assert link(notebook, "04_four.ipynb", OURS)
    title, code = (cell.source for cell in notebook.cells)
    assert title == f"# Four\n\n{links('04_four.ipynb', OURS)}\n\nIt begins."
    assert f"git+{OURS}\n" in code
    assert without_colab(code) == chapter().cells[1].source
    assert not link(notebook, "04_four.ipynb", OURS)
    assert (title, code) == tuple(cell.source for cell in notebook.cells)


def test_a_title_without_text_below() -> None:
    notebook = chapter()
    notebook.cells[0].source = "# Four"
    assert link(notebook, "04_four.ipynb", OURS)
    assert notebook.cells[0].source == f"# Four\n\n{links('04_four.ipynb', OURS)}"
    assert not link(notebook, "04_four.ipynb", OURS)


def test_a_fork_gets_its_own() -> None:
    notebook, expected = chapter(), chapter()
    link(notebook, "04_old.ipynb", OURS)
    assert link(notebook, "04_four.ipynb", "https://github.com/fork/it.2")
    link(expected, "04_four.ipynb", "https://github.com/fork/it.2")
    assert [cell.source for cell in notebook.cells] == [cell.source for cell in expected.cells]


@pytest.mark.parametrize("spoiled", ["number", "title", "code"])
def test_what_is_no_chapter_is_left_alone(spoiled: str) -> None:
    notebook = chapter()
    assert is_chapter(notebook)
    if spoiled == "number":
        del notebook.metadata.llmcourse["number"]
    elif spoiled == "title":
        notebook.cells[0].source = "It begins."
    else:
        del notebook.cells[1]
    assert not is_chapter(notebook)


def test_the_lines_do_nothing_but_on_colab() -> None:
    notebook = chapter()
    link(notebook, "04_four.ipynb", OURS)
    (output,) = execute(notebook).cells[1].outputs
    assert output.text == "04\n"


def test_on_colab_the_course_is_installed_without_its_requirements_and_then_the_rest() -> None:
    """A shell with the name of Colab's, whose magics only say what they were asked."""
    notebook = chapter()
    link(notebook, "04_four.ipynb", OURS)
    pretend = """
from IPython import get_ipython
shell = get_ipython()
type(shell).__str__ = lambda self: "<google.colab._shell.Shell object>"
for magic in ("pip", "run"):
    shell.register_magic_function(lambda line, magic=magic: print(magic, line), magic_name=magic)
"""
    notebook.cells.insert(1, notebook_from_text(f"# %%{pretend}").cells[0])
    (output,) = execute(notebook).cells[2].outputs
    assert output.text.splitlines() == [f"pip install -q --no-deps git+{OURS}", "run -m llmcourse.colab", "04"]


class TestCommittedNotebooks:
    @pytest.fixture
    def built(self, tmp_path: Path) -> Path:
        path = tmp_path / "04_four.ipynb"
        write_notebook(chapter(), path)
        list(build([path]))
        return path

    def test_a_build_writes_them(self, built: Path) -> None:
        assert links("04_four.ipynb", repository()) in read_notebook(built).cells[0].source
        assert not [line for line in check([built]) if "link" in line]

    def test_a_new_address_needs_no_new_build(self, built: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        outputs = [cell.get("outputs") for cell in read_notebook(built).cells]
        monkeypatch.setattr(elsewhere, "repository", lambda: OURS)
        assert [line for line in check([built]) if "notebooks link" in line]
        assert list(link_files([built])) == [built]
        assert list(link_files([built])) == []
        assert not [line for line in check([built]) if "link" in line or "built" in line or "edited" in line]
        assert [cell.get("outputs") for cell in read_notebook(built).cells] == outputs
        linked = built.read_bytes()
        list(build([built]))
        assert built.read_bytes() == linked

    def test_an_edit_that_was_not_built_is_not_hidden(self, built: Path) -> None:
        notebook = read_notebook(built)
        notebook.cells[1].source += "\nprint(2)"
        write_notebook(notebook, built)
        with pytest.raises(CourseError, match="edited after its last build"):
            list(link_files([built]))

    def test_the_lines_for_colab_do_not_count_as_the_chapters(self, built: Path) -> None:
        notebook = read_notebook(built)
        notebook.cells[1].source += "\nx = 1" * 23
        write_notebook(notebook, built)
        assert not [line for line in check([built]) if "lines" in line]
        notebook.cells[1].source += "\nx = 1"
        write_notebook(notebook, built)
        assert [line for line in check([built]) if "26 lines" in line]


@pytest.mark.parametrize("address", ["", "https://gitlab.com/a/b", "https://github.com/a", "https://github.com/a/b/c"])
def test_an_address_from_which_colab_cannot_fetch(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "pyproject.toml").write_text(f'[project.urls]\nRepository = "{address}"\n', encoding="utf-8")
    monkeypatch.setattr(elsewhere, "__file__", str(tmp_path / "llmcourse" / "course" / "elsewhere.py"))
    with pytest.raises(CourseError, match="OWNER/NAME"):
        repository()
