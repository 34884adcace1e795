"""Every notebook as it ships, with blank exercises: it runs, and has the outputs that were committed.

Each notebook is one test here. It runs pytest with nbval on a copy, one nbval test per cell; what that has to say is
the failure's message.
"""

import re
from pathlib import Path

import pytest

from llmcourse.course.normalize import VARYING_TEXT
from llmcourse.course.notebooks import check
from notebooks.editions import HERE, every_notebook, run_with_nbval


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


def test_sanitized_is_what_builds_replace() -> None:
    text = (HERE / "sanitize.cfg").read_text(encoding="utf-8")
    assert re.findall("^regex: (.*)$\n^replace: (.*)$", text, flags=re.MULTILINE) == VARYING_TEXT
