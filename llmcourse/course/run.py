"""Run notebooks to see whether they work, without changing them."""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from llmcourse.course.execute import execute
from llmcourse.course.files import notebook_paths, read_notebook
from llmcourse.course.solve import solved_copy
from llmcourse.errors import CourseError

__all__ = ["RunResult", "notebook_paths", "run", "run_notebook"]


@dataclass(frozen=True)
class RunResult:
    """How the run of one notebook went."""

    name: str
    outcome: str  # "passed" or "failed"
    seconds: float
    error: str = ""  # one line: which cell, and what it raised

    @property
    def passed(self) -> bool:
        return self.outcome == "passed"


def run(paths: Iterable[Path], solved: bool = False, timeout: float = 600) -> Iterator[RunResult]:
    """Run each notebook and yield how it went, as soon as it is known."""
    for path in paths:
        yield run_notebook(path, solved, timeout)


def run_notebook(path: Path, solved: bool = False, timeout: float = 600) -> RunResult:
    """Run a copy of one notebook in an empty folder; the file itself is only read.

    Args:
        solved: fill every exercise from the answer key first; then any check that is not ✓ is a failure.
        timeout: seconds that one cell may take.
    """
    start = time.perf_counter()
    error = ""
    try:
        notebook = read_notebook(path)
        execute(solved_copy(notebook) if solved else notebook, timeout=timeout, strict=solved)
    except CourseError as failure:
        error = str(failure)
    return RunResult(path.stem, "failed" if error else "passed", time.perf_counter() - start, error)
