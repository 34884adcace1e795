"""What leads a notebook to Colab and Binder: a line of links below its title, and what installs the course on Colab.

All of it follows from one setting, `Repository` in pyproject.toml. The links are words, not pictures from another
server: they look the same offline, and showing a notebook asks nobody for anything.
"""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import PackageNotFoundError, metadata
from pathlib import Path
from urllib.parse import quote

from nbformat import NotebookNode

from llmcourse.errors import CourseError

BRANCH = "main"
COLAB_CELL = """\
if "google.colab" in str(get_ipython()):  # only on Colab, where the course is not installed yet
    %pip install -q --no-deps git+{repository}
    %run -m llmcourse.colab
"""
_LINKS = re.compile(r"^\[<kbd>Open in Colab</kbd>\].*$\n*", re.MULTILINE)
_COLAB = re.compile(r"\A" + re.escape(COLAB_CELL).replace(r"\{repository\}", ".*") + r"\n*")


def repository() -> str:
    """The address of the course's repository, as pyproject.toml gives it, or the installed package.

    Raises:
        CourseError: there is none, or it is not on GitHub, from where Colab and Binder fetch.
    """
    pyproject = Path(__file__).resolve().parents[2] / "pyproject.toml"
    if pyproject.is_file():
        address = address_in(pyproject)
    else:
        try:
            addresses = metadata("llmcourse").get_all("Project-URL") or []
        except PackageNotFoundError:
            addresses = []
        address = dict(line.split(", ", 1) for line in addresses).get("Repository", "")
    if not re.fullmatch(r"https://github\.com/[\w.-]+/[\w.-]+", address):
        raise CourseError(f"Repository in pyproject.toml should be https://github.com/OWNER/NAME and is {address!r}")
    return address


def address_in(pyproject: Path) -> str:
    """The address that this pyproject.toml gives as `Repository`, "" where it gives none."""
    project = tomllib.loads(pyproject.read_text(encoding="utf-8"))["project"]
    return str(project.get("urls", {}).get("Repository", "")).rstrip("/")


def links(name: str, address: str) -> str:
    """The line of links for the notebook with this file name."""
    project = address.removeprefix("https://github.com/")
    colab = f"https://colab.research.google.com/github/{project}/blob/{BRANCH}/notebooks/{name}"
    binder = f"https://mybinder.org/v2/gh/{project}/{BRANCH}?urlpath={quote(f'lab/tree/notebooks/{name}', safe='')}"
    return f"[<kbd>Open in Colab</kbd>]({colab}) [<kbd>Open on Binder</kbd>]({binder})"


def is_chapter(notebook: NotebookNode) -> bool:
    """Does it begin as a chapter does: a number, a title, and code somewhere below?"""
    numbered = "number" in notebook.metadata.get("llmcourse", {})
    titled = bool(notebook.cells) and notebook.cells[0].cell_type == "markdown" and notebook.cells[0].source[:2] == "# "
    return numbered and titled and _first_code(notebook) is not None


def link(notebook: NotebookNode, name: str, address: str) -> bool:
    """Give a chapter its links and its lines for Colab, in place of those it has. Was there anything to change?"""
    title, _, below = notebook.cells[0].source.partition("\n")
    code = _first_code(notebook)
    assert code is not None  # `is_chapter`
    head = f"{title}\n\n{links(name, address)}\n\n{_LINKS.sub('', below).lstrip()}".rstrip()
    start = f"{COLAB_CELL.format(repository=address)}\n{without_colab(code.source)}"
    changed = (head, start) != (notebook.cells[0].source, code.source)
    notebook.cells[0].source, code.source = head, start
    return changed


def without_colab(source: str) -> str:
    """A code cell without the lines for Colab."""
    return _COLAB.sub("", source)


def _first_code(notebook: NotebookNode) -> NotebookNode | None:
    return next((cell for cell in notebook.cells if cell.cell_type == "code"), None)
