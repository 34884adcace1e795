"""What the learner has done, in one JSON file on this machine. Nothing leaves it.

The file is a convenience: whatever is wrong with it is said once, in one line, and breaks no notebook.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from llmcourse.course import display
from llmcourse.course.remembered import NewerFormat, checked, nothing
from llmcourse.errors import CourseError
from llmcourse.storage import set_aside, write_atomically

LOCK_SECONDS = 5.0  # what another notebook needs to write the file is a thousandth of it

# What could not be written is kept for as long as this process lives.
_in_memory: dict[Path, dict[str, Any]] = {}
_said: set[str] = set()


def progress_file() -> Path:
    """`$LLMCOURSE_PROGRESS`, else `progress.json` in the user's data folder."""
    chosen = os.environ.get("LLMCOURSE_PROGRESS")
    return Path(chosen) if chosen else _data_folder() / "llmcourse" / "progress.json"


def _data_folder() -> Path:
    """Where this system keeps the data of a user's programs."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Application Support"
    return Path(os.environ.get("XDG_DATA_HOME") or Path.home() / ".local" / "share")


# ---- what is remembered


def record_opened(number: str) -> None:
    """Remember that a notebook was begun."""
    if number not in load()["opened"]:  # a second run writes nothing
        _change(lambda everything: everything["opened"].append(number))


def record_attempt(number: str, key: str, outcome: str) -> None:
    """Remember the outcome of a check. What was solved once stays solved."""

    def change(everything: dict[str, Any]) -> None:
        entry = everything["exercises"].setdefault(f"{number}.{key}", {})
        entry["attempts"] = entry.get("attempts", 0) + 1
        entry["solved"] = entry.get("solved", False) or outcome == "correct"

    if outcome != "not_attempted":
        _change(change)


def record_hint(number: str, key: str, hints: int) -> None:
    """Remember how many hints were asked for."""

    def change(everything: dict[str, Any]) -> None:
        entry = everything["exercises"].setdefault(f"{number}.{key}", {})
        entry["hints"] = max(hints, entry.get("hints", 0))

    _change(change)


def record_quiz(number: str, question: int, correct: bool) -> None:
    """Remember whether a question of a quiz was answered correctly; the first answer counts."""
    _change(lambda everything: everything["quizzes"].setdefault(number, {}).setdefault(str(question), correct))


def load() -> dict[str, Any]:
    """Everything that is remembered; nothing where there is no file, or one that cannot be used."""
    file = progress_file()
    with _alone_with(file):
        return _in_memory[file] if file in _in_memory else _read(file)


# ---- the file


def _change(change: Callable[[dict[str, Any]], Any]) -> None:
    """Read, change and write with nobody in between: two notebooks may be at work at once."""
    file = progress_file()
    with _alone_with(file):
        everything = _in_memory[file] if file in _in_memory else _read(file)
        change(everything)
        if file not in _in_memory:
            _write(file, everything)


@contextmanager
def _alone_with(file: Path) -> Iterator[None]:
    """Hold the file's lock, where there can be one; a lock that is not to be had delays a lesson once, by seconds."""
    lock = FileLock(f"{file}.lock", timeout=LOCK_SECONDS)
    if file not in _in_memory:
        try:
            file.parent.mkdir(parents=True, exist_ok=True)
            lock.acquire()
        except Timeout:
            _keep_in_memory(file, _read(file), f"another program keeps {file} locked")
        except (OSError, NotImplementedError):  # a folder that is read-only, or a disk without locks: go on without
            pass
    try:
        yield
    finally:
        lock.release()


def _read(file: Path) -> dict[str, Any]:
    """What the file holds. One that cannot be understood is set aside, one that cannot be read is left alone."""
    try:
        if file.exists() and not file.is_file():  # a folder, or /dev/null: nothing to read, and nothing to move
            return _keep_in_memory(file, nothing(), f"{file} is no file")
        return checked(json.loads(file.read_text(encoding="utf-8-sig")))
    except FileNotFoundError:
        return nothing()
    except NewerFormat:
        return _keep_in_memory(file, nothing(), f"{file} was written by a newer llmcourse")
    except (ValueError, RecursionError):
        return _after_damage(file)
    except OSError as error:
        return _keep_in_memory(file, nothing(), f"{file} cannot be read ({error.strerror})")


def _after_damage(file: Path) -> dict[str, Any]:
    """Put a damaged file aside, so that nothing is lost that somebody could still read, and start anew."""
    try:
        aside = set_aside(file, "damaged")
    except OSError as error:
        return _keep_in_memory(file, nothing(), f"{file} is damaged and cannot be moved ({error.strerror})")
    _say_once(f"Your progress could not be read, so it starts anew. The damaged file is now {aside}.")
    return nothing()


def _write(file: Path, everything: dict[str, Any]) -> None:
    try:
        write_atomically(file, json.dumps(everything, indent=1, sort_keys=True).encode())
    except CourseError as error:
        _keep_in_memory(file, everything, str(error).partition(";")[0])


def _keep_in_memory(file: Path, everything: dict[str, Any], reason: str) -> dict[str, Any]:
    _in_memory[file] = everything
    _say_once(f"Your progress is not saved: {reason}. Set LLMCOURSE_PROGRESS to a file of your own to keep it.")
    return everything


def _say_once(message: str) -> None:
    if message not in _said:
        _said.add(message)
        display.show(message, display.box("!", "Progress", message))
