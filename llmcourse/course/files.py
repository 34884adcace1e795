"""Where the notebooks are, and reading and writing one."""

from __future__ import annotations

import os
import re
from collections.abc import Iterable
from pathlib import Path

import nbformat
from nbformat import NotebookNode

import llmcourse
from llmcourse.errors import CourseError
from llmcourse.storage import write_atomically


def notebooks_folder() -> Path:
    """The folder of the notebooks: `$LLMCOURSE_NOTEBOOKS`, else the one in a wheel, else the checkout's.

    Raises:
        CourseError: none of them is there.
    """
    if chosen := os.environ.get("LLMCOURSE_NOTEBOOKS"):
        places = [Path(chosen)]
    else:
        package = Path(__file__).resolve().parents[1]
        places = [package / "_notebooks", package.parent / "notebooks"]
    for place in places:
        if place.is_dir():
            return place
    raise CourseError(f"there is no folder of notebooks at {places[-1]}: set LLMCOURSE_NOTEBOOKS to where they are")


def checkout() -> Path:
    """The folder of the checkout. Raises CourseError where the package was installed without one."""
    folder = Path(llmcourse.__file__).resolve().parents[1]
    if not (folder / "pyproject.toml").is_file() or not (folder / "docs").is_dir():
        raise CourseError("this is done in a checkout of the course, and here is an installed package: clone it first")
    return folder


def notebook_paths(names: Iterable[str] = ()) -> list[Path]:
    """The notebooks with these names, in course order; all of them when no name is given.

    A name is a number ("04" or "4"), the beginning of a file name ("04_self"), or a path.

    Raises:
        CourseError: a name fits no notebook.
    """
    names = list(names)
    if not names:
        return sorted(notebooks_folder().glob("[0-9][0-9]_*.ipynb"))
    return [path for name in names for path in _matching(name)]


def _matching(name: str) -> list[Path]:
    if name.endswith(".ipynb") and Path(name).is_file():
        return [Path(name)]
    available = notebook_paths()
    prefix = f"{int(name):02d}_" if re.fullmatch(r"\d{1,2}", name) else name
    found = [path for path in available if path.name.startswith(prefix)]
    if not found:
        numbers = ", ".join(path.name[:2] for path in available) or "none"
        raise CourseError(f"there is no notebook {name!r}; there are: {numbers}")
    return found


def read_notebook(path: Path) -> NotebookNode:
    """The notebook at `path`.

    Raises:
        CourseError: it is missing, or no notebook.
    """
    try:
        return nbformat.read(path, as_version=4)
    except Exception as error:  # nbformat raises errors of many kinds over a file that is something else
        reason = (str(error) or type(error).__name__).splitlines()[0]
        raise CourseError(f"{path} cannot be read as a notebook: {reason}") from error


def write_notebook(notebook: NotebookNode, path: Path) -> None:
    """Write a notebook whole or not at all, with the same bytes on every platform."""
    text = nbformat.writes(notebook, version=4).rstrip("\n") + "\n"
    write_atomically(path, text.encode("utf-8"))
