"""Every notebook runs in both editions: as it ships, with the same outputs; and solved, with every check ✓.

Each edition of each notebook is one test here. It runs pytest with nbval on a copy, one nbval test per cell; what that
has to say is the failure's message.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import nbformat
import pytest

from llmcourse.course.execute import kernel_environment
from llmcourse.course.normalize import VARYING_TEXT
from llmcourse.course.notebooks import check, solve

HERE = Path(__file__).resolve().parent
NOTEBOOKS = sorted((HERE.parent.parent / "notebooks").glob("[0-9][0-9]_*.ipynb"))
CELL_TIMEOUT = 900  # seconds; without it nbval waits for more than half an hour when a kernel dies

every_notebook = pytest.mark.parametrize("notebook", NOTEBOOKS, ids=[path.stem for path in NOTEBOOKS])


@every_notebook
def test_is_as_it_was_built(notebook: Path) -> None:
    problems = check([notebook])
    assert not problems, "\n".join(problems)


@every_notebook
@pytest.mark.timeout(2400)
def test_runs_as_it_ships(notebook: Path, tmp_path: Path) -> None:
    copy = tmp_path / notebook.name
    copy.write_bytes(notebook.read_bytes())
    run_with_nbval(copy, "--nbval")


@every_notebook
@pytest.mark.timeout(2400)
def test_runs_solved(notebook: Path, tmp_path: Path) -> None:
    solved = solve(notebook, tmp_path / notebook.name)
    run_with_nbval(solved, "--nbval-lax", strict=True)


def test_sanitized_is_what_builds_replace() -> None:
    text = (HERE / "sanitize.cfg").read_text(encoding="utf-8")
    assert re.findall("^regex: (.*)$\n^replace: (.*)$", text, flags=re.MULTILINE) == VARYING_TEXT


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
