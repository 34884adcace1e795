"""What runs in the process apart: the cells of one submission, one after the other, with their checks listened to.

`apart.py` starts it as `python -m llmcourse.classroom.worker`, hands it a job on its standard input and reads what it
reports: one line of JSON for each event, on a descriptor that the learner's code is not told about, with a secret in
each line. All that the learner's code prints goes elsewhere. A check's outcome is taken from the check itself, not from
what it shows: `OpenExercise.check` is listened to, and only while the pristine check cell of that exercise runs.
"""

from __future__ import annotations

import gc
import json
import os
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from llmcourse.classroom.answer_key import calls_answer_key
from llmcourse.classroom.cells import setup_of
from llmcourse.classroom.limits import (
    OUT_OF_MEMORY,
    Limits,
    limit_files_and_time,
    limit_memory,
    limit_output,
    limit_processes,
)
from llmcourse.classroom.names import parse, used_by
from llmcourse.classroom.roles import checked_name
from llmcourse.classroom.walls import allow_files, cut_off_network
from llmcourse.course.exercise import Exercise


def main() -> None:
    """Run one job."""
    job = json.loads(sys.stdin.buffer.read())
    report = _Report(job["secret"])
    report.event("walls", missing=_put_up_walls(Path(job["folder"]), job["readable"], job["look_up"]))
    threading.Thread(target=_end_with, args=(os.getppid(),), daemon=True).start()
    limits = Limits(**job["limits"])
    limit_processes()
    limit_files_and_time(job["all_seconds"])

    bench = _Bench(job["number"], report, limits)
    bench.needed_by_checks = _needed_by_checks(job["cells"])
    limit_memory(limits.memory)
    report.event("ready")
    for index, cell in enumerate(job["cells"]):
        if index in job["skip"]:
            cell = {"source": setup_of(cell["source"]) if cell["check"] else "", "exercise": "", "check": ""}
        report.event("cell", index=index)
        bench.run(index, cell)
    report.event("done")
    sys.stdout.flush()
    os._exit(0)  # without waiting for threads that a submission has left behind


def _put_up_walls(folder: Path, readable: list[str] | None, look_up: list[str]) -> list[str]:
    """What this process cannot be kept from, in one line each.

    Comes before everything else: a process with several threads may not ask for it.
    """
    network = cut_off_network()
    files = "other files of this account are not out of reach: behind such a wall, Python did not start here"
    if readable is not None:
        files = allow_files(map(Path, readable), [folder, Path("/dev")], map(Path, look_up))
    return [line for line in (network, files) if line]


def _end_with(parent: int) -> None:
    """End this process when the one that grades is no more: it was killed, and could not see to it."""
    while os.getppid() == parent:
        time.sleep(1)
    os._exit(1)


class _Report:
    """The way out for what is found. Standard output is turned over to the learner's code, and the input is empty."""

    def __init__(self, secret: str):
        channel = os.fdopen(os.dup(1), "w", encoding="utf-8", newline="\n")
        os.dup2(2, 1)
        nothing = os.open(os.devnull, os.O_RDONLY)
        os.dup2(nothing, 0)

        def event(name: str, **facts: Any) -> None:
            channel.write(json.dumps({"secret": secret, "event": name, **facts}) + "\n")
            channel.flush()

        self.event = event


class _Bench:
    """The notebook's shell, and the ear at its checks."""

    def __init__(self, number: str, report: _Report, limits: Limits):
        from IPython.core.interactiveshell import InteractiveShell
        from traitlets.config import Config

        from llmcourse.course import checking  # brings torch
        from llmcourse.course.chapters import find_exercise

        self.number, self.report, self.limits = number, report, limits
        self.begin_cell = limit_output(limits.output)
        quiet = Config({"HistoryManager": {"enabled": False}, "InteractiveShell": {"colors": "nocolor"}})
        self.shell: Any = InteractiveShell.instance(config=quiet)
        self.check_answer, self.find_exercise = checking.check_answer, find_exercise
        self.needed_by_checks: set[str] = set()  # names that stay as they are, whatever an answer makes of them
        self.listening_for = ""
        self.heard: dict[str, Any] = {}
        self._listen()
        sys.path.insert(0, "")  # as in a notebook

    def run(self, index: int, cell: dict[str, str]) -> None:
        """Run one cell and report its error, if it raised one, and its check's outcome, if it holds a check."""
        self.begin_cell()
        if cell["exercise"]:
            self._take_away_the_answer(cell["exercise"])
        before = {name: value for name, value in self.shell.user_ns.items() if name in self.needed_by_checks}
        self.listening_for, self.heard = cell["check"], {}
        memory = _memory()
        result = self.shell.run_cell(cell["source"], store_history=True)
        self.listening_for = ""
        self.begin_cell()
        if cell["exercise"]:
            self.shell.user_ns.update(before)
        error = result.error_before_exec or result.error_in_exec
        full = any(word in repr(error) for word in OUT_OF_MEMORY)
        if self.heard and self.heard["kind"] != "CORRECT":
            gc.collect()  # what an answer that was stopped has filled may still be held, by its error or its thread
            full = full or _memory() - memory > self.limits.memory / 2
        if full:
            self.report.event("out of memory")  # nothing can be relied on any more
            os._exit(1)
        if error is not None:
            words = f"{type(error).__name__}: {error}".rstrip(": ").split("\n")[0][:300]
            self.report.event("error", index=index, error=words)
        if self.heard:
            self.report.event("outcome", index=index, **self.heard)

    def _take_away_the_answer(self, key: str) -> None:
        """An earlier cell may have imported the package's own version: a blank must not be graded with it."""
        exercise = self.find_exercise(self.number, key)
        name = getattr(exercise.answer, "__name__", "")
        if not exercise.solution_code and _is_of_the_package(self.shell.user_ns.get(name)):
            del self.shell.user_ns[name]

    def _listen(self) -> None:
        from llmcourse.course.exercises import OpenExercise

        original: Callable[..., Any] = OpenExercise.check

        def check(task: OpenExercise, answer: Any) -> Any:
            outcome = original(task, answer)
            key = task.exercise.key
            if key == self.listening_for and task.number == self.number:
                self.heard = {
                    "key": key,
                    "kind": outcome.kind.name,
                    "diagnosis": outcome.diagnosis,
                    "line": outcome.line,
                    "is_answer_key": outcome.correct and self._is_answer_key(task.exercise, answer),
                    "fooled": outcome.correct and self._praises_a_mistake(key),
                }
            return outcome

        OpenExercise.check = check  # type: ignore[method-assign, assignment]

    def _is_answer_key(self, exercise: Exercise, answer: Any) -> bool:
        """Is the answer the package's own, or does it call that?"""
        if exercise.solution_code:
            return False
        return _is_of_the_package(answer) or calls_answer_key(exercise, answer)

    def _praises_a_mistake(self, key: str) -> bool:
        """Does the check call a known mistake correct? Then this submission has changed it, or what it relies on."""
        from llmcourse.course import checking

        exercise = self.find_exercise(self.number, key)
        mistakes = [mistake for mistake, _ in exercise.known_mistakes.values()]
        return any(checking.check_answer(exercise, mistake).correct for mistake in mistakes[:1])


def _memory() -> int:
    """The bytes that this process holds."""
    import psutil

    return int(psutil.Process().memory_info().rss)


def _needed_by_checks(cells: list[dict[str, str]]) -> set[str]:
    """The names that the check cells use besides the answers: `exercise` in `exercise.softmax.check(softmax)`."""
    checks = [parse(cell["source"]) for cell in cells if cell["check"]]
    used = used_by([statement for tree in checks if tree for statement in tree.body])
    return used - {checked_name(cell["source"]) for cell in cells if cell["check"]}


def _is_of_the_package(thing: Any) -> bool:
    while hasattr(thing, "func"):  # functools.partial
        thing = thing.func
    return str(getattr(thing, "__module__", "")).startswith("llmcourse.")


if __name__ == "__main__":
    main()
