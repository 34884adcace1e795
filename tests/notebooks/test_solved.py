"""Every notebook with all its exercises solved from the answer key: each check has to say ✓."""

from pathlib import Path

import pytest

from llmcourse.course.notebooks import solve
from notebooks.editions import every_notebook, run_with_nbval


@every_notebook
@pytest.mark.timeout(2400)
def test_runs_solved(notebook: Path, tmp_path: Path) -> None:
    run_with_nbval(solve(notebook, tmp_path / notebook.name), "--nbval-lax", strict=True)
