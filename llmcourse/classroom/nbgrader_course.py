"""Write a folder that nbgrader takes for a course: its settings, the teacher's notebooks, and a short guide."""

from __future__ import annotations

import os
import time
from collections.abc import Sequence
from pathlib import Path

import nbformat
from nbformat import NotebookNode

from llmcourse.classroom.assignment import assignment_from
from llmcourse.course.files import read_notebook
from llmcourse.errors import CourseError
from llmcourse.storage import write_atomically

CONFIG = '''"""The settings of this nbgrader course: written by `llmcourse classroom export`, yours to change."""

from pathlib import Path

c = get_config()  # nbgrader provides it
c.CourseDirectory.root = str(Path(__file__).resolve().parent)

# What a learner sees of an exercise is the blank above the solution; nothing is put in the solution's place.
c.ClearSolutions.code_stub = {"python": ""}

# Submissions are read, run and graded by the course; the gradebook, the feedback and the export are nbgrader's.
c.Autograde.exporter_class = "llmcourse.classroom.nbgrader_autograde.TakeIn"
c.Autograde.autograde_preprocessors = [
    "llmcourse.classroom.nbgrader_autograde.RunChecks",
    "nbgrader.preprocessors.SaveAutoGrades",
    "nbgrader.preprocessors.AssignLatePenalties",
    "nbgrader.preprocessors.CheckCellMetadata",
]

# What a submission may use.
c.RunChecks.seconds = 120  # of each cell; a check stops an answer sooner
c.RunChecks.memory_mb = 2048
c.RunChecks.output_mb = 1  # of what each cell prints
'''

README = """# An nbgrader course, made of notebooks of llmcourse

{table}

Type these commands in this folder, with the course's environment active.

1. `nbgrader generate_assignment ASSIGNMENT` writes what you hand out to `release/ASSIGNMENT/`.
2. Put what comes back into `submitted/STUDENT/ASSIGNMENT/`. `llmcourse classroom collect . DOWNLOAD ASSIGNMENT` does it
   for a folder as a learning platform gives it to you.
3. `nbgrader autograde ASSIGNMENT` grades it. What you should look at stands in `remarks/ASSIGNMENT.csv`.
4. `nbgrader generate_feedback ASSIGNMENT` writes a page for each student to `feedback/`.
5. `nbgrader export` writes all grades to `grades.csv`.

The files in `source/` hold the answers: keep this folder to yourself.
"""


def export_course(folder: Path, notebooks: Sequence[Path]) -> dict[str, int]:
    """Write an nbgrader course with an assignment for each notebook. Returns the points of each assignment.

    Notebooks can be added to a course that is there already. Its settings stay as the teacher has them; an assignment
    that says something else is kept in `replaced/` before it is written again.

    Raises:
        CourseError: `folder` is something else, or a notebook has no exercises.
    """
    if folder.exists() and not folder.is_dir():
        raise CourseError(f"{folder} is a file: name a folder to write the nbgrader course into")
    for path in notebooks:
        _write(folder, f"source/{path.stem}/{path.name}", _as_text(assignment_from(read_notebook(path))))
    if not (folder / "nbgrader_config.py").exists():
        _write(folder, "nbgrader_config.py", CONFIG)
    points = {source.parent.name: _points_in(source) for source in sorted(folder.glob("source/*/[!.]*.ipynb"))}
    rows = [f"| `{name}` | {worth} |" for name, worth in points.items()]
    table = "\n".join(["| assignment | points |", "|---|---|", *rows])
    _write(folder, "README.md", README.format(table=table))
    return {path.stem: points[path.stem] for path in notebooks}


def _as_text(notebook: NotebookNode) -> str:
    return nbformat.writes(notebook, version=4).rstrip("\n") + "\n"


def _points_in(source: Path) -> int:
    return sum(cell.metadata.get("nbgrader", {}).get("points", 0) for cell in read_notebook(source).cells)


def _write(folder: Path, name: str, text: str) -> None:
    """Write a file of the course; one that is there and says something else is kept, out of nbgrader's sight."""
    path, data = folder / name, text.encode()
    if path.exists() and path.read_bytes() != data:
        kept = folder / "replaced" / time.strftime("%Y-%m-%d-%H%M%S") / name
        kept.parent.mkdir(parents=True, exist_ok=True)
        os.replace(path, kept)
    write_atomically(path, data)
