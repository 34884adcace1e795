"""What is set before a learner's server starts: limits, a closed home, copies of the notebooks."""

from __future__ import annotations

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("resource", reason="JupyterHub needs Linux or macOS")


def as_learner(root: Path, home: Path, code: str, memory: str = "1G") -> str:
    """What `code` prints in a process of its own, with `learner_server` imported, since its limits cannot be undone."""
    environment = os.environ | {
        "HOME": str(home),
        "LLMCOURSE_KERNEL_MEMORY": memory,
        "PYTHONPATH": str(root / "scripts" / "hub"),
    }
    command = [sys.executable, "-c", "import learner_server\n" + code]
    return subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout.strip()


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux heeds this limit")
def test_too_much_memory_is_an_error_that_python_survives(root: Path, tmp_path: Path) -> None:
    code = """
learner_server.limit_memory()
try:
    bytearray(2**30)
except MemoryError:
    print("MemoryError,", len(bytearray(2**28)), "bytes are fine")
"""
    assert as_learner(root, tmp_path, code) == f"MemoryError, {2**28} bytes are fine"


def test_sizes_are_read_as_jupyterhub_writes_them(root: Path, tmp_path: Path) -> None:
    code = "print([learner_server.size_in_bytes(text) for text in ('1.5G', '200M', '4k', '123')])"
    assert as_learner(root, tmp_path, code) == f"{[3 * 2**29, 200 * 2**20, 4 * 2**10, 123]}"


def test_the_home_is_closed_and_so_is_what_is_written_later(root: Path, tmp_path: Path) -> None:
    tmp_path.chmod(0o755)
    as_learner(root, tmp_path, f"learner_server.close_home(); open({str(tmp_path / 'new')!r}, 'w').close()")
    assert stat.S_IMODE(tmp_path.stat().st_mode) == 0o700
    assert stat.S_IMODE((tmp_path / "new").stat().st_mode) == 0o600


def test_notebooks_are_brought_once_and_never_overwritten(root: Path, tmp_path: Path) -> None:
    mine = tmp_path / "llmcourse" / "04_self_attention.ipynb"
    mine.parent.mkdir()
    mine.write_text("my work")
    for _ in range(2):
        as_learner(root, tmp_path, "learner_server.bring_notebooks()")
    assert mine.read_text() == "my work"
    brought = {file.name for file in mine.parent.iterdir()}
    assert brought == {file.name for file in (root / "notebooks").glob("[0-9][0-9]_*.ipynb")}


def test_what_cannot_be_done_is_said_and_the_server_starts(root: Path, tmp_path: Path) -> None:
    code = f"""
import os, sys
os.execv = lambda program, words: print("started", words[1:])
sys.stderr, sys.argv = sys.stdout, ["learner_server.py", "--port=1"]
learner_server.NOTEBOOKS = learner_server.Path({str(tmp_path)!r})
learner_server.main()
"""
    said = as_learner(root, tmp_path, code, memory="much").splitlines()
    assert said[0].startswith("llmcourse hub: limit_memory did not work: ")
    assert said[-1] == "started ['-m', 'jupyterhub.singleuser', '--port=1']"
