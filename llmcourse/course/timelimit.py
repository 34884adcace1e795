"""Run a learner's code so that a loop without end cannot hang the notebook.

How it works, and why so. The code runs in a thread of its own while the caller waits with a clock. When time is up,
an exception is planted in that thread (`PyThreadState_SetAsyncExc`), which ends any loop written in Python; and the
caller goes on either way, even if the thread sleeps on inside a C function. `signal.alarm` works on no Windows and only
in the main thread; another process would have to be sent the learner's function, and closures, lambdas and classes of a
notebook resist that; a trace function makes every line slower. What cannot be stopped is one single C call that never
returns and keeps Python's global lock, such as `sum(itertools.count())`: there the kernel's restart button remains.
"""

from __future__ import annotations

import contextvars
import ctypes
import sys
import threading
import time
from collections.abc import Callable
from types import FrameType
from typing import Any

STACK_BYTES = 64 * 2**20  # a recursion without end must meet Python's limit before the end of the thread's stack
GRACE_SECONDS = 1.0  # how long a stopped thread may take to end before it is left behind


class TimeIsUp(SystemExit):
    """Planted in the learner's thread.

    A SystemExit, so that `except Exception` in the learner's code lets it pass, and the thread ends in silence.
    """


class TookTooLong(Exception):
    """The code was stopped. `frame` is where its thread was at that moment."""

    def __init__(self, seconds: float, frame: FrameType | None):
        super().__init__(f"stopped after {seconds:g} seconds")
        self.frame = frame


def run_with_limit(function: Callable[[], Any], seconds: float) -> Any:
    """`function()`, or its exception; TookTooLong when it takes more than `seconds`.

    Works in the main thread and in others, in notebooks, on Linux, macOS and Windows. What the function prints goes
    where it would go without the thread.
    """
    result: list[Any] = []
    errors: list[BaseException] = []
    finished = threading.Event()
    context = contextvars.copy_context()  # a notebook's kernel keeps in it which cell's output is being written

    def body() -> None:
        try:
            result.append(context.run(function))
        except BaseException as error:  # SystemExit and KeyboardInterrupt of the learner's are errors like others
            errors.append(error)
        finally:
            finished.set()

    thread = _start(body)
    try:
        in_time = _wait(finished, seconds)
    except BaseException:  # the kernel's stop button
        _stop(thread, finished)
        raise
    if not in_time:
        frame = sys._current_frames().get(thread.ident or 0)
        _stop(thread, finished)
        raise TookTooLong(seconds, frame)
    if errors:
        raise errors[0]
    return result[0]


def _start(body: Callable[[], None]) -> threading.Thread:
    usual = threading.stack_size(STACK_BYTES)
    try:
        thread = threading.Thread(target=body, name="checking an answer", daemon=True)
        thread.start()
    finally:
        threading.stack_size(usual)
    return thread


def _wait(finished: threading.Event, seconds: float) -> bool:
    """Wait in short pieces: on Windows a long wait would not notice the stop button."""
    end = time.monotonic() + seconds
    while not finished.wait(min(0.05, max(0.0, end - time.monotonic()))):
        if time.monotonic() >= end:
            return False
    return True


def _stop(thread: threading.Thread, finished: threading.Event) -> None:
    """Plant the exception, again and again in case the code catches it, and give up after the grace."""
    end = time.monotonic() + GRACE_SECONDS
    while not finished.wait(0.05) and time.monotonic() < end:
        ctypes.pythonapi.PyThreadState_SetAsyncExc(ctypes.c_ulong(thread.ident or 0), ctypes.py_object(TimeIsUp))
