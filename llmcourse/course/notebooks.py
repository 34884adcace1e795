"""Build the committed notebooks, and check that what is committed was built.

There is one source: the executed, normalized `.ipynb`. `build` runs it from a fresh kernel and writes it back with its
outputs; two builds of the same notebook give the same bytes. `check` finds a notebook that was edited and not built, or
that lacks what every chapter of the course has.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from nbformat import NotebookNode

from llmcourse.course import elsewhere
from llmcourse.course.execute import NotebookFailed, execute
from llmcourse.course.files import notebook_paths, read_notebook, write_notebook
from llmcourse.course.normalize import WIDGET_VIEW, normalize, renew_ids
from llmcourse.course.solve import check_key, exercise_key, exercise_problems, solve
from llmcourse.errors import CourseError

__all__ = ["build", "check", "link", "notebook_paths", "solve"]

FORMAT = 1  # of what build writes; a new number makes `check` ask for a new build of every notebook
MAX_BYTES = 1_000_000
MAX_CODE_LINES = 25
REQUIRED = ("number", "title", "objectives", "minutes", "requires", "teacher")
REQUIRED_FOR_TEACHERS = ("teaching_minutes", "exercise_minutes", "mistakes", "discuss", "skip")

_HOME = re.compile(r"(?<![\w+/])(?:/home|/root|/Users|[A-Z]:\\+Users)[/\\]+[\w.-]+")


def build(paths: Iterable[Path], timeout: float = 900) -> Iterator[Path]:
    """Execute each notebook, write it back with its outputs, and yield its path when that is done.

    Raises:
        CourseError: a cell raised an error that its tag `raises-exception` did not announce; that file is as it was.
    """
    for path in paths:
        try:
            source = read_notebook(path)
            if elsewhere.is_chapter(source):
                elsewhere.link(source, path.name, elsewhere.repository())
            notebook = execute(source, timeout=timeout)
        except NotebookFailed as failure:
            raise NotebookFailed(f"{path.name}: {failure}") from failure
        normalize(notebook)
        notebook.metadata.setdefault("llmcourse", NotebookNode())["built"] = NotebookNode(_fingerprints(notebook))
        write_notebook(notebook, path)
        yield path


def link(paths: Iterable[Path]) -> Iterator[Path]:
    """Write the links and the lines for Colab anew where they are not up to date, and yield each path that changed.

    Nothing is executed: what these lines do on this machine is nothing, so the outputs stay true.

    Raises:
        CourseError: a notebook was edited after its last build, so that its outputs may not be true anyway.
    """
    for path in paths:
        notebook = read_notebook(path)
        problem = next(_build_problems(notebook), None)
        if problem:
            raise CourseError(f"{path.name}: {problem}")
        if elsewhere.is_chapter(notebook) and elsewhere.link(notebook, path.name, elsewhere.repository()):
            renew_ids(notebook)
            notebook.metadata.llmcourse.built["source"] = _fingerprints(notebook)["source"]
            write_notebook(notebook, path)
            yield path


def check(paths: Iterable[Path]) -> list[str]:
    """Every problem of these notebooks, one line each; an empty list when they may be committed."""
    return [f"{Path(path).name}: {problem}" for path in paths for problem in _problems(Path(path))]


def _fingerprints(notebook: NotebookNode) -> dict[str, str]:
    """What a build started from and what it wrote, so that a later change of either is seen."""
    described = {k: v for k, v in notebook.metadata.get("llmcourse", {}).items() if k != "built"}
    sources = [[cell.cell_type, cell.metadata.get("tags", []), cell.source] for cell in notebook.cells]
    outputs = [cell.get("outputs", []) for cell in notebook.cells]
    return {"source": _sha256([FORMAT, described, sources]), "outputs": _sha256(outputs)}


def _sha256(value: object) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()


def _problems(path: Path) -> Iterator[str]:
    try:
        notebook = read_notebook(path)
    except CourseError as error:
        yield str(error)
        return
    yield from _build_problems(notebook)
    yield from _metadata_problems(notebook)
    yield from _cell_problems(notebook)
    if elsewhere.is_chapter(notebook) and elsewhere.link(notebook, path.name, elsewhere.repository()):
        yield "its links are not those of this repository: run `llmcourse notebooks link`"
    if path.stat().st_size > MAX_BYTES:
        yield f"{path.stat().st_size / 1e6:.1f} MB, more than {MAX_BYTES / 1e6:.0f}: make its outputs smaller"


def _build_problems(notebook: NotebookNode) -> Iterator[str]:
    built = notebook.metadata.get("llmcourse", {}).get("built")
    now = _fingerprints(notebook)
    if not built:
        yield "was never built: run `llmcourse notebooks build`"
    elif built.get("source") != now["source"]:
        yield "was edited after its last build: run `llmcourse notebooks build`"
    elif built.get("outputs") != now["outputs"]:
        yield "its outputs are not those that its build wrote: run `llmcourse notebooks build`"


def _metadata_problems(notebook: NotebookNode) -> Iterator[str]:
    described = notebook.metadata.get("llmcourse", {})
    for name in REQUIRED:
        if name not in described:
            yield f"metadata.llmcourse lacks {name!r}"
    for name in REQUIRED_FOR_TEACHERS:
        if name not in described.get("teacher", {}):
            yield f"metadata.llmcourse.teacher lacks {name!r}"
    if not 3 <= len(described.get("objectives", "---")) <= 5:
        yield "has not three to five objectives"
    if "widgets" in notebook.metadata:
        yield "holds widget state, which GitHub shows as an invalid notebook"


def _cell_problems(notebook: NotebookNode) -> Iterator[str]:
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    number = notebook.metadata.get("llmcourse", {}).get("number", "")
    if code and f'begin("{number}")' not in code[0].source:
        yield f'the first code cell does not call begin("{number}")'
    if [cell.execution_count for cell in code] != list(range(1, len(code) + 1)):
        yield "execution counts do not run 1, 2, 3, …"
    if code and not any(cell.outputs for cell in code):
        yield "no cell has an output"
    for count, cell in enumerate(code, start=1):
        if (lines := len(elsewhere.without_colab(cell.source).splitlines())) > MAX_CODE_LINES:
            yield f"code cell {count} has {lines} lines, more than {MAX_CODE_LINES}"
        for output in cell.outputs:
            yield from (f"code cell {count}: {problem}" for problem in _output_problems(output, cell))
    yield from _exercise_problems(notebook, number)


def _output_problems(output: NotebookNode, cell: NotebookNode) -> Iterator[str]:
    data = output.get("data", {})
    for mime in ("image/png", "image/jpeg"):
        if mime in data and not str(output.metadata.get(mime, {}).get("alt", "")).strip():
            yield "a picture without alt text: show it with llmcourse.viz.style.show(figure, alt=…)"
    if found := _HOME.search(json.dumps([data, output.get("text", ""), output.get("traceback", [])])):
        yield f"names a folder of the machine that built it: {found[0]}"
    if WIDGET_VIEW in data:
        yield "a widget view, which shows nothing without its state"
    if output.output_type == "error" and "raises-exception" not in cell.metadata.get("tags", []):
        yield f"an error that no tag announced: {output.ename}"


def _exercise_problems(notebook: NotebookNode, number: str) -> Iterator[str]:
    exercises = [key for cell in notebook.cells if (key := exercise_key(cell))]
    checks = [key for cell in notebook.cells if (key := check_key(cell))]
    for key in sorted(set(exercises) ^ set(checks)):
        missing = "check" if key in exercises else "exercise"
        yield f"exercise {key!r} has no cell tagged {missing}:{key}"
    for cell in notebook.cells:
        if key := exercise_key(cell):
            yield from exercise_problems(number, key, cell.source)
