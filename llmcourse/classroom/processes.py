"""A process with all that it has started: how much memory they hold, and how to end them."""

from __future__ import annotations

import os
import signal
import subprocess
import time
from contextlib import suppress

import psutil

GONE_SECONDS = 5.0  # how long an ended process may take to go
MARK = "LLMCOURSE_MARK"  # a variable by whose value a run's processes are found, wherever they have run to


def family_of(pid: int) -> list[psutil.Process]:
    """The process and those that it, or one of them, has started."""
    with suppress(psutil.Error):
        parent = psutil.Process(pid)
        return [parent, *parent.children(recursive=True)]
    return []


def memory_of(family: list[psutil.Process]) -> int:
    """The bytes that they hold in memory."""
    total = 0
    for process in family:
        with suppress(psutil.Error):
            total += process.memory_info().rss
    return total


def end(process: subprocess.Popen[bytes], mark: str) -> None:
    """End the process and all that it has started, also what has run away from it under a group of its own."""
    family = family_of(process.pid)
    if hasattr(os, "killpg"):
        with suppress(OSError):
            os.killpg(process.pid, signal.SIGKILL)
    members = [*family, *_marked(mark)]
    for member in members:
        with suppress(psutil.Error):
            member.kill()
    process.wait()
    until = time.monotonic() + GONE_SECONDS
    while any(map(_runs, members)) and time.monotonic() < until:
        time.sleep(0.01)


def _runs(process: psutil.Process) -> bool:
    with suppress(psutil.Error):
        return process.is_running() and process.status() != psutil.STATUS_ZOMBIE
    return False


def _marked(mark: str) -> list[psutil.Process]:
    found = []
    for process in psutil.process_iter():
        with suppress(psutil.Error, OSError):
            if process.environ().get(MARK) == mark:
                found.append(process)
    return found
