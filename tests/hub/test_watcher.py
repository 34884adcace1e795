"""The watcher: who holds too much memory or computes without a rest is stopped, and nobody else is."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import ModuleType

import psutil
import pytest

pytest.importorskip("resource", reason="JupyterHub needs Linux or macOS")

pytestmark = pytest.mark.timeout(120)

MIB = 2**20
WAIT = "import time; print('ready', flush=True); time.sleep(600)"
SERVER = """
import subprocess, sys
for code in sys.argv[1:]:
    child = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
    print(child.pid, child.stdout.readline().strip(), flush=True)
print("all", flush=True)
sys.stdin.read()
"""


@pytest.fixture(scope="module")
def watcher(root: Path) -> Iterator[ModuleType]:
    with pytest.MonkeyPatch.context() as patch:
        patch.syspath_prepend(str(root / "scripts" / "hub"))
        spec = importlib.util.spec_from_file_location("hub_watcher", root / "scripts" / "hub" / "watcher.py")
        assert spec and spec.loader
        module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)
        yield module


@pytest.fixture
def server() -> Iterator[Callable[..., tuple[int, list[psutil.Process]]]]:
    """Starts something like a learner's server, with a process for each piece of code; all end with the test."""
    started: list[subprocess.Popen[str]] = []
    children: list[psutil.Process] = []

    def start(*codes: str) -> tuple[int, list[psutil.Process]]:
        command = [sys.executable, "-c", SERVER, *codes]
        process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
        started.append(process)
        assert process.stdout
        found = [psutil.Process(int(process.stdout.readline().split()[0])) for _ in codes]
        assert process.stdout.readline() == "all\n"
        children.extend(found)
        return process.pid, found

    yield start
    for child in children:
        if child.is_running():
            child.kill()
    for process in started:
        process.kill()
        process.communicate()


def holding(mib: int) -> str:
    return f"hoard = bytearray(b'x') * ({mib} * 2**20); " + WAIT


def test_the_largest_notebook_is_ended_where_all_together_hold_too_much(
    watcher: ModuleType, server: Callable[..., tuple[int, list[psutil.Process]]]
) -> None:
    pid, (small, large) = server(holding(30), holding(200))
    watched = watcher.Watcher(memory=150 * MIB, computing=1e9)
    said = watched.look({"ada": pid})
    assert len(said) == 1
    assert said[0].startswith(f"ada: process {large.pid} held ")
    assert alive(small)
    wait_for_its_end(large)
    assert watched.look({"ada": pid}) == []


def test_who_keeps_to_the_limits_is_left_alone(
    watcher: ModuleType, server: Callable[..., tuple[int, list[psutil.Process]]]
) -> None:
    pid, children = server(holding(30), WAIT)
    assert watcher.Watcher(memory=400 * MIB, computing=1e9).look({"ada": pid}) == []
    assert all(alive(child) for child in children)


def test_an_endless_loop_is_interrupted(
    watcher: ModuleType, server: Callable[..., tuple[int, list[psutil.Process]]]
) -> None:
    pid, (loop,) = server("print('ready', flush=True)\nwhile True: pass")
    watched, said = watcher.Watcher(memory=10**12, computing=0.2), []
    while not said:  # the loop's processor time goes up until the watcher has had enough
        said = watched.look({"ada": pid}, seconds=0)
    assert said[0].startswith(f"ada: process {loop.pid} had computed for ")
    wait_for_its_end(loop)  # by a KeyboardInterrupt


def test_a_loop_that_heeds_no_interrupt_is_ended(
    watcher: ModuleType, server: Callable[..., tuple[int, list[psutil.Process]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watcher, "GRACE", 0.2)
    deaf = "import signal; signal.signal(2, signal.SIG_IGN); print('ready', flush=True)\nwhile True: pass"
    pid, (loop,) = server(deaf)
    watched, said = watcher.Watcher(memory=10**12, computing=0.2), []
    while len(said) < 2:
        said += watched.look({"ada": pid}, seconds=0)
    assert "interrupted" in said[0]
    assert said[1].endswith("went on after it was interrupted: ended")
    wait_for_its_end(loop)


def test_a_rest_begins_a_new_stretch(watcher: ModuleType) -> None:
    stretch = watcher.Stretch(used=100.0)
    assert stretch.look(103.0, seconds=3) == 3.0
    assert stretch.look(106.0, seconds=3) == 6.0
    stretch.interrupted = True
    assert stretch.look(106.001, seconds=3) == 0.0
    assert not stretch.interrupted
    assert stretch.look(109.001, seconds=3) == 3.0


def test_a_server_that_has_gone_is_no_error(watcher: ModuleType) -> None:
    gone = subprocess.Popen([sys.executable, "-c", ""])
    gone.wait()
    assert watcher.Watcher(memory=1, computing=0).look({"ada": gone.pid}) == []


def alive(process: psutil.Process) -> bool:
    try:
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    except psutil.NoSuchProcess:
        return False


def wait_for_its_end(process: psutil.Process) -> None:
    """A process that does not end fails the test by its time limit."""
    while alive(process):
        time.sleep(0.01)
