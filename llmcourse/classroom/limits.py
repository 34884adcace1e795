"""Limits on one run of a learner's code that act from inside its own process, in a kernel as well as in ours.

Memory: where the system counts what a process may write to (Linux: `RLIMIT_DATA`), an allocation beyond the limit
raises MemoryError in the line that asked for it. `RLIMIT_AS` would not do: PyTorch reserves address space that it never
uses. Elsewhere a thread watches the resident memory and raises MemoryError between two lines of Python. One single
allocation in C can pass it by, so whoever started the process watches as well (`apart.py`).

Output: what a cell prints beyond the limit is neither kept nor sent, and the cell is stopped.
"""

from __future__ import annotations

import ctypes
import os
import platform
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import IO, Any

MIB = 2**20
OUT_OF_MEMORY = ("MemoryError", "can't allocate memory")  # Python's words, and PyTorch's
LINUX, WINDOWS = (platform.system() == name for name in ("Linux", "Windows"))
LARGEST_FILE = 256 * MIB  # the largest checkpoint of a notebook is a hundredth of it
CHECKING = "checking an answer"  # the thread in which `course/timelimit.py` runs a learner's function


@dataclass(frozen=True)
class Limits:
    """What one submission may use."""

    seconds: float = 120  # of one cell; a check stops an answer sooner, see `Exercise.seconds`
    memory: int = 2048 * MIB
    output: int = MIB  # what one cell prints
    processes: int = 32  # that may be alive at a time


class TooMuchOutput(RuntimeError):
    """A cell printed more than it may."""


def limit_memory(most: int) -> bool:
    """Let this process allocate at most so many bytes. True where the system itself sees to it."""
    if LINUX:
        import resource

        with suppress(ValueError, OSError):  # a lower limit is set already
            resource.setrlimit(resource.RLIMIT_DATA, (most, most))
        return True
    threading.Thread(target=_watch_memory, args=(most,), name="watching memory", daemon=True).start()
    return False


def limit_files_and_time(seconds: float) -> None:
    """No giant files, no core dumps, and an end to whatever computes on: where the system knows such limits."""
    if WINDOWS:
        return
    import resource

    wanted = {resource.RLIMIT_FSIZE: LARGEST_FILE, resource.RLIMIT_CORE: 0, resource.RLIMIT_CPU: int(seconds) + 1}
    for what, most in wanted.items():
        with suppress(ValueError, OSError):
            resource.setrlimit(what, (most, most))


def limit_processes(more: int = 256) -> None:
    """Let this user start only so many processes and threads more (Linux; it does not bind an administrator)."""
    if not LINUX:
        return
    import resource

    import psutil

    mine = os.getuid()
    count = 0
    for process in psutil.process_iter():
        with suppress(psutil.Error):
            count += process.num_threads() if process.uids().real == mine else 0
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NPROC, (count + more, count + more))


def limit_output(most: int) -> Callable[[], None]:
    """Raise TooMuchOutput in a cell that prints more than so many characters. Returns what starts the count anew."""
    count = _Count(most)
    sys.stdout, sys.stderr = _Counted(sys.stdout, count), _Counted(sys.stderr, count)
    return count.restart


class _Count:
    """How much was printed since the cell began."""

    def __init__(self, most: int):
        self.most = most
        self.printed = 0

    def restart(self) -> None:
        self.printed = 0

    def add(self, more: int) -> None:
        self.printed += more
        if self.printed > self.most:
            raise TooMuchOutput(f"it printed more than {self.most:,} characters and was stopped")


class _Counted:
    """A stream that counts what is written to it; in all else it is the stream that it stands for."""

    def __init__(self, stream: IO[str], count: _Count):
        self._stream = stream
        self._count = count

    def write(self, text: str) -> int:
        self._count.add(len(text))
        return self._stream.write(text)

    def writelines(self, lines: Any) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


def _watch_memory(most: int) -> None:
    """Raise MemoryError in the learner's code while this process holds more than it may; end it if that is no help."""
    import psutil

    me = psutil.Process()
    since: float | None = None
    while True:
        time.sleep(0.05)
        if me.memory_info().rss <= most:
            since = None
            continue
        since = since or time.monotonic()
        if time.monotonic() - since > 5:
            os._exit(137)
        for thread in threading.enumerate():
            if thread is threading.main_thread() or thread.name == CHECKING:
                raise_in(thread, MemoryError)


def raise_in(thread: threading.Thread, error: type[BaseException]) -> None:
    """Plant an exception in another thread, which meets it at its next line of Python."""
    ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident or 0), ctypes.py_object(error))
