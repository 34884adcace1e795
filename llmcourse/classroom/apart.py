"""Run one submission in a process of its own, watch it, and end it with everything that it has started.

The process gets an empty folder, an environment without this user's settings and passwords, and the limits of
`limits.py` and `walls.py`. Here sits the watch that acts from outside: it knows which cell is running, and ends the
process when that cell takes too long, when the processes together hold too much memory, or when output floods in.

A cell that had to be stopped, or took the process down with it, is left out and the notebook is run again: what the
other exercises are worth does not depend on it.
"""

from __future__ import annotations

import json
import secrets
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import IO, Any

from llmcourse.classroom.cells import Cell
from llmcourse.classroom.limits import MIB, Limits
from llmcourse.classroom.processes import end, family_of, memory_of
from llmcourse.classroom.surroundings import environment_in, readable_places

MOST_RUNS = 5  # of one notebook, each without one more cell that cannot be run
START_SECONDS = 120  # a slow machine may take long to import PyTorch
SHARED_MEMORY = 512 * MIB  # libraries, which the limit inside the process does not count


@dataclass
class Findings:
    """What came of a run."""

    outcomes: dict[str, dict[str, Any]] = field(default_factory=dict)  # by key: what the check has reported
    errors: dict[int, str] = field(default_factory=dict)  # by cell: what it raised
    stopped: dict[int, str] = field(default_factory=dict)  # by cell: why it was stopped, or how it ended the process
    missing_walls: list[str] = field(default_factory=list)
    failure: str = ""  # why not even the first cell could be run


def run_apart(number: str, cells: Sequence[Cell], limits: Limits, cancelled: threading.Event | None = None) -> Findings:
    """Run the cells of notebook `number` in a process of their own, and say what came of it, whatever they do."""
    cancelled = cancelled or threading.Event()
    findings = Findings()
    wall = True
    for _ in range(MOST_RUNS):
        attempt = _Attempt(number, cells, limits, set(findings.stopped), wall, cancelled)
        attempt.run()
        if attempt.findings.failure and wall and not findings.stopped and not cancelled.is_set():
            wall = False  # Python may lie where nobody looks for it; no cell has run yet that could have caused this
            continue
        for key, outcome in attempt.findings.outcomes.items():
            findings.outcomes.setdefault(key, outcome)
        findings.errors |= attempt.findings.errors
        findings.missing_walls = attempt.findings.missing_walls
        findings.failure = attempt.findings.failure
        if attempt.done or findings.failure or cancelled.is_set():
            break
        findings.stopped |= attempt.findings.stopped
    return findings


class _Attempt:
    """One process."""

    def __init__(
        self,
        number: str,
        cells: Sequence[Cell],
        limits: Limits,
        skip: set[int],
        wall: bool,  # around the files of others
        cancelled: threading.Event,
    ):
        self.number, self.cells, self.limits, self.skip = number, cells, limits, skip
        self.wall, self.cancelled = wall, cancelled
        self.findings = Findings()
        self.secret, self.mark = secrets.token_hex(), secrets.token_hex()
        self.done = self.out_of_memory = False
        self.cell: int | None = None
        self.since = time.monotonic()  # when this cell began
        self.printed = 0
        self.last_words = b""

    def run(self) -> None:
        with tempfile.TemporaryDirectory(prefix="llmcourse-", ignore_cleanup_errors=True) as folder:
            process = subprocess.Popen(
                [sys.executable, "-P", "-m", "llmcourse.classroom.worker"],
                cwd=folder,
                env=environment_in(Path(folder), self.mark),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
            readers = [
                threading.Thread(target=self._read_events, args=(process.stdout,), daemon=True),
                threading.Thread(target=self._drop_output, args=(process.stderr,), daemon=True),
            ]
            for reader in readers:
                reader.start()
            try:
                with suppress(OSError), process.stdin as stdin:  # type: ignore[union-attr]
                    stdin.write(json.dumps(self._job(folder)).encode())
                why = self._watch(process)
            finally:
                end(process, self.mark)
                for reader in readers:
                    reader.join(timeout=5)
            if self.out_of_memory:
                why = self._too_much_memory()
            self._conclude(why or _how_it_ended(process.returncode))

    def _job(self, folder: str) -> dict[str, Any]:
        return {
            "secret": self.secret,
            "folder": folder,
            "readable": readable_places() if self.wall else None,
            "look_up": sys.path,
            "number": self.number,
            "cells": [asdict(cell) for cell in self.cells],
            "skip": sorted(self.skip),
            "limits": asdict(self.limits),
            "all_seconds": START_SECONDS + self.limits.seconds * max(1, len(self.cells)),
        }

    def _watch(self, process: subprocess.Popen[bytes]) -> str:
        """Wait for the end of the process. Why it must be ended before, or ""."""
        while process.poll() is None:
            time.sleep(0.03)
            allowed = START_SECONDS if self.cell is None else self.limits.seconds
            if self.done:
                return ""
            if self.cancelled.is_set():
                return "the grading was stopped"
            if time.monotonic() - self.since > allowed:
                return f"it took more than {allowed:g} seconds and was stopped"
            if self.printed > 4 * self.limits.output + MIB:  # past the limit inside the process, by another way out
                return f"it printed more than {self.limits.output / MIB:g} MB and was stopped"
            family = family_of(process.pid)
            if len(family) > self.limits.processes:
                return f"it started more than {self.limits.processes} processes and was stopped"
            if memory_of(family) > self.limits.memory + SHARED_MEMORY:
                return self._too_much_memory()
        return ""

    def _too_much_memory(self) -> str:
        return f"it used more than {self.limits.memory / MIB:,.0f} MB of memory and was stopped"

    def _read_events(self, stream: IO[bytes]) -> None:
        while line := stream.readline(MIB):
            with suppress(ValueError, KeyError, TypeError):  # not from the worker
                event = json.loads(line)
                if secrets.compare_digest(event.pop("secret"), self.secret):
                    self._take(event)

    def _take(self, event: dict[str, Any]) -> None:
        match event.pop("event"):
            case "walls":
                self.findings.missing_walls = event["missing"]
            case "cell":
                self.cell, self.since, self.printed = event["index"], time.monotonic(), 0
            case "error":
                self.findings.errors[event["index"]] = event["error"]
            case "outcome":
                self.findings.outcomes[event["key"]] = event
            case "out of memory":
                self.out_of_memory = True
            case "done":
                self.done = True

    def _drop_output(self, stream: IO[bytes]) -> None:
        while piece := stream.read1(2**16):  # type: ignore[attr-defined]
            self.printed += len(piece)
            self.last_words = (self.last_words + piece)[-2000:]

    def _conclude(self, why: str) -> None:
        if self.done:
            return
        if self.cell is None:
            words = self.last_words.decode(errors="replace").strip().splitlines()
            self.findings.failure = " ".join(filter(None, [why, words[-1] if words else ""]))
        else:
            self.findings.stopped[self.cell] = why


def _how_it_ended(code: int | None) -> str:
    if code is not None and code < 0:
        with suppress(ValueError):
            return f"it ended the process ({signal.Signals(-code).name})"
    return f"it ended the process (exit code {code})"
