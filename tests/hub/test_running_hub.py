"""A real hub on loopback, with two learners: what one of them can reach of the other."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.timeout(600)


def test_no_learner_reaches_another(root: Path, tmp_path: Path) -> None:
    out = tmp_path / "figures.json"
    command = [sys.executable, str(root / "tests" / "benchmarks" / "hub"), "--scenarios", "isolation"]
    finished = subprocess.run(
        [*command, "--spawner", "accounts", "--out", str(out)], capture_output=True, text=True, cwd=tmp_path
    )
    if "no hub can be started here" in finished.stderr:
        pytest.skip(finished.stderr.strip())
    assert finished.returncode == 0, finished.stderr
    (found,) = json.loads(out.read_text())["isolation"]
    assert len(found["through the hub"]) >= 10
    assert reached(found["through the hub"]) == []
    if found["setting"].startswith("accounts"):  # one account for all keeps no files apart, and says so
        assert reached(found["on the machine"]) == []
    else:
        assert "without accounts of the learners' own" in finished.stdout
        assert "ask another's server, past the proxy" not in reached(found["on the machine"])


def reached(outcomes: dict[str, str]) -> list[str]:
    return [attempt for attempt, outcome in outcomes.items() if not outcome.startswith("refused")]
