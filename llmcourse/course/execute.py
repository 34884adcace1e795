"""Run the cells of a notebook in a fresh kernel, away from the learner's files."""

from __future__ import annotations

import os
import re
import tempfile
from pathlib import Path

import nbformat
from nbclient import NotebookClient
from nbclient.exceptions import CellExecutionError, CellTimeoutError, DeadKernelError
from nbformat import NotebookNode

from llmcourse.errors import CourseError

_COLOURS = re.compile(r"\x1b\[[0-9;]*m")


class NotebookFailed(CourseError):
    """A cell raised an error, ran too long or ended the kernel. The message says which, in one line."""


def execute(notebook: NotebookNode, timeout: float = 900, strict: bool = False) -> NotebookNode:
    """A copy of the notebook with the outputs of running every cell in an empty folder; the given one is not changed.

    Args:
        timeout: seconds that one cell may take.
        strict: an exercise whose check is anything but ✓ raises.

    Raises:
        NotebookFailed: a cell raised an error that its tag `raises-exception` did not announce, or ran too long.
    """
    copy = _without_outputs(notebook)
    with tempfile.TemporaryDirectory(prefix="llmcourse-", ignore_cleanup_errors=True) as folder:
        where = {"metadata": {"path": folder}}
        client = NotebookClient(
            copy,
            timeout=timeout,
            kernel_name="python3",
            record_timing=False,
            resources=where,
            extra_arguments=["--log-level=ERROR"],  # or the kernel warns that it talks to this machine unencrypted
        )
        try:
            client.execute(env=kernel_environment(Path(folder), strict))
        except CellExecutionError as error:
            what = _COLOURS.sub("", f"{error.ename}: {error.evalue}").splitlines()[0]
            raise NotebookFailed(f"{_last_cell(copy)}{what}") from error
        except CellTimeoutError as error:
            raise NotebookFailed(f"{_last_cell(copy)}took more than {timeout:g} seconds") from error
        except DeadKernelError as error:
            raise NotebookFailed(f"{_last_cell(copy)}the kernel died; was there enough memory?") from error
    return copy


def kernel_environment(folder: Path, strict: bool = False) -> dict[str, str]:
    """The environment of a kernel whose outputs are to be the same on every run.

    The learner's own progress is left alone, bars are silent, and sets are printed in one order.
    """
    environment = {name: value for name, value in os.environ.items() if name not in ("MPLBACKEND", "LLMCOURSE_STRICT")}
    environment |= {
        "LLMCOURSE_PROGRESS": str(folder / ".progress.json"),
        "LLMCOURSE_QUIET": "1",
        "PYTHONHASHSEED": "0",
        "PYDEVD_DISABLE_FILE_VALIDATION": "1",  # a debugger's warning with a path in it
    }
    return environment | ({"LLMCOURSE_STRICT": "1"} if strict else {})


def _without_outputs(notebook: NotebookNode) -> NotebookNode:
    copy = nbformat.from_dict(notebook)
    for cell in copy.cells:
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    return copy


def _last_cell(notebook: NotebookNode) -> str:
    """The code cell that was the last to run, with its first line: "code cell 7 (`loss.backward()`): "."""
    code = [cell for cell in notebook.cells if cell.cell_type == "code"]
    started = [number for number, cell in enumerate(code, start=1) if cell.execution_count or cell.outputs]
    if not started:
        return ""
    first_line = next(iter(code[started[-1] - 1].source.strip().splitlines()), "")
    return f"code cell {started[-1]} (`{first_line}`): "
