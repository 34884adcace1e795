"""Find the submissions in a folder, and say of each whose it is and which notebook it answers.

Four ways in which classes come down from a learning platform are understood, also mixed:

    FOLDER/anna/04_self_attention.ipynb              a folder for each student, however deep the file lies in it
    FOLDER/04_self_attention/anna.ipynb              a folder for each notebook
    FOLDER/anna_04_self_attention.ipynb              one folder for all; the student's name before the notebook's …
    FOLDER/04_self_attention_anna.ipynb              … or after it

What Moodle and Canvas put between the two (`Anna Berg_8812_assignsubmission_file_`, `berganna_3100_7712_`) and what is
put behind a second copy (`-1`, ` (2)`) is taken out, unless two students would then have one name. A notebook that was
renamed is known by the number inside.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from pathlib import Path

from llmcourse.errors import CourseError

NO_NAME = "(no name)"
_PLATFORM = re.compile(r"_\d+_assignsubmission_(file|onlinetext)_?|_(LATE_)?\d{3,}_\d{3,}(?=_|$)", re.IGNORECASE)
_COPY = r"([-_ ]?\(\d+\)|-\d+|[-_ ]copy\d*)+$"  # behind the name of the notebook
_IGNORED = {".ipynb_checkpoints", "__MACOSX", "__pycache__", ".git"}


@dataclass(frozen=True)
class Submission:
    """One file that was handed in."""

    student: str
    notebook: str  # the name of the notebook's file without its ending: "04_self_attention"
    path: Path
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Stray:
    """A file, or a student's folder, with which nothing can be done."""

    student: str
    path: Path
    reason: str


def gather(folder: Path, notebooks: Sequence[Path]) -> tuple[list[Submission], list[Stray]]:
    """The submissions in `folder` that answer one of these notebooks, by student, and what else lies there.

    Raises:
        CourseError: there is no such folder, or nothing in it.
    """
    if not folder.is_dir():
        raise CourseError(f"{folder} is no folder: name the one that holds the submissions")
    names = [path.stem for path in notebooks]
    found: list[Submission] = []
    strays: list[Stray] = []
    for path in _files(folder):
        student, notebook = _read_names(path.relative_to(folder), names)
        notebook = notebook or _by_number_inside(path, notebooks) or (names[0] if len(names) == 1 else "")
        if path.suffix.lower() != ".ipynb":
            strays.append(Stray(_tidy(student), path, f"{path.name} is no notebook (.ipynb)"))
        elif not notebook:
            strays.append(
                Stray(_tidy(student), path, f"{path.name}: which notebook is it? Rename it, or say --notebook")
            )
        else:
            found.append(Submission(student, notebook, path))
    if not found and not strays:
        raise CourseError(f"there is nothing in {folder}: it should hold submissions, such as anna/{names[0]}.ipynb")
    newest = list(_one_each(_with_tidy_names(found)))
    with_one = {submission.student for submission in newest}
    strays = [stray for stray in strays if stray.student not in with_one or stray.path.suffix == ".ipynb"]
    empty = [sub for sub in sorted(folder.iterdir()) if sub.is_dir() and sub.name not in _IGNORED and not _any(sub)]
    return newest, strays + [Stray(_tidy(sub.name), sub, "nothing was handed in: the folder is empty") for sub in empty]


def _files(folder: Path) -> list[Path]:
    return sorted(
        path
        for path in folder.rglob("*")
        if path.is_file() and not _IGNORED & set(path.parts) and not path.name.startswith(".")
    )


def _any(folder: Path) -> bool:
    return any(path.is_file() for path in folder.rglob("*"))


def _read_names(path: Path, names: Sequence[str]) -> tuple[str, str]:
    """Student and notebook as the path says them; the notebook is "" where it says none."""
    folder = path.parts[0] if len(path.parts) > 1 else ""
    for name in sorted(names, key=len, reverse=True):
        stem = re.sub(re.escape(name) + _COPY, name, path.stem, flags=re.IGNORECASE)
        alone = stem.replace(name, "", 1).strip("_- ")
        if folder == name:
            return alone or NO_NAME, name
        if name in stem:
            return folder or alone or NO_NAME, name
    return folder or path.stem, ""


def _tidy(name: str) -> str:
    """A student's name without what a platform has added to it."""
    return _PLATFORM.sub("_", name).strip("_- ")


def _with_tidy_names(submissions: list[Submission]) -> Iterator[Submission]:
    """The same with short names for the students, except where two would be called the same."""
    long_names: dict[str, set[str]] = {}
    for submission in submissions:
        long_names.setdefault(_tidy(submission.student), set()).add(submission.student)
    for submission in submissions:
        short = _tidy(submission.student)
        is_clear = len(long_names[short]) == 1
        yield replace(submission, student=short if is_clear and short else submission.student)


def _by_number_inside(path: Path, notebooks: Sequence[Path]) -> str:
    """The notebook whose number stands in the metadata of this file, or ""."""
    with suppress(OSError, ValueError, KeyError, TypeError, RecursionError):
        number = json.loads(path.read_text(encoding="utf-8"))["metadata"]["llmcourse"]["number"]
        for notebook in notebooks:
            if notebook.name.startswith(f"{number}_"):
                return notebook.stem
    return ""


def _one_each(submissions: Iterable[Submission]) -> Iterator[Submission]:
    """The newest file of each student and notebook."""
    groups: dict[tuple[str, str], list[Submission]] = {}
    for submission in submissions:
        groups.setdefault((submission.student, submission.notebook), []).append(submission)
    for _, group in sorted(groups.items()):
        newest = max(group, key=lambda submission: (submission.path.stat().st_mtime, submission.path))
        if len(group) == 1:
            yield newest
        else:
            said = f"handed in {len(group)} times: the newest file counts ({newest.path.name})"
            yield replace(newest, remarks=(said,))
