"""What the tests of both editions share. Each edition has a file of its own, so that two processes can run them."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from llmcourse.course.execute import kernel_environment

HERE = Path(__file__).resolve().parent
NOTEBOOKS = sorted((HERE.parent.parent / "notebooks").glob("[0-9][0-9]_*.ipynb"))
CELL_TIMEOUT = 900  # seconds; without it nbval waits for more than half an hour when a kernel dies

every_notebook = pytest.mark.parametrize("notebook", NOTEBOOKS, ids=[path.stem for path in NOTEBOOKS])


def run_with_nbval(notebook: Path, mode: str, strict: bool = False) -> None:
    """Fail unless every cell of the notebook passes, or if nbval did not look at every one."""
    folder = notebook.parent
    (folder / "pytest.ini").write_text("[pytest]\n", encoding="utf-8")  # not the settings of the tests around this one
    command = [sys.executable, "-m", "pytest", str(notebook), mode, "--nbval-current-env", "--color=no", "-q"]
    command += [f"--nbval-cell-timeout={CELL_TIMEOUT}", f"--nbval-sanitize-with={HERE / 'sanitize.cfg'}"]
    command += ["-c", str(folder / "pytest.ini"), "--rootdir", str(folder), "-p", "no:cacheprovider", "-p", "no:xdist"]
    environment = kernel_environment(folder, strict) | {"PYTEST_ADDOPTS": ""}
    done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, encoding="utf-8")
    assert done.returncode == 0, done.stdout[-8_000:] + done.stderr[-2_000:]
    cells = sum(cell.cell_type == "code" for cell in nbformat.read(notebook, as_version=4).cells)
    looked_at = sum(int(count) for count in re.findall(r"(\d+) (?:passed|skipped)", done.stdout.splitlines()[-1]))
    assert looked_at == cells, f"nbval should have looked at {cells} cells:\n{done.stdout[-2_000:]}"
