"""A real JupyterHub under load, if one can be started here: see tests/benchmarks/hub. `make bench ARGS="-k hub"`.

Twelve learners take a quarter of an hour on two idle cores for each of the two settings. BENCH_QUICK=1 takes two of
them and one notebook; BENCH_HUB="--users 4 --threads set" hands on any words of its own.
"""

import os
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

HUB = Path(__file__).with_name("hub")
QUICK = os.environ.get("BENCH_QUICK", "") not in ("", "0")

pytestmark = pytest.mark.timeout(0)


def bench_hub() -> None:
    words = shlex.split(os.environ.get("BENCH_HUB", ""))
    if QUICK:
        words += ["--users", "2", "--notebooks", "04", "--seconds", "5"]
    finished = subprocess.run([sys.executable, str(HUB), *words], stderr=subprocess.PIPE, text=True)
    if finished.returncode and "no hub can be started here" in finished.stderr:
        pytest.skip(finished.stderr.strip())
    assert finished.returncode == 0, finished.stderr
