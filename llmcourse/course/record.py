"""What the learner has done, in one JSON file on this machine. Nothing leaves it.

The file is a convenience: whatever is wrong with it is said once, in one line, and breaks no notebook.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from llmcourse.course import display
from llmcourse.errors import CourseError
from llmcourse.storage import write_atomically

FORMAT = 1

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


def record_attempt(number: str, key: str, outcome: str) -> None:
    """Remember the outcome of a check. What was solved once stays solved."""
    if outcome == "not_attempted":
        return
    everything = load()
    entry = everything["exercises"].setdefault(f"{number}.{key}", {})
    entry["attempts"] = entry.get("attempts", 0) + 1
    entry["solved"] = entry.get("solved", False) or outcome == "correct"
    _save(everything)


def record_hint(number: str, key: str, hints: int) -> None:
    """Remember how many hints were asked for."""
    everything = load()
    entry = everything["exercises"].setdefault(f"{number}.{key}", {})
    entry["hints"] = max(hints, entry.get("hints", 0))
    _save(everything)


def record_quiz(number: str, question: int, correct: bool) -> None:
    """Remember whether a question of a quiz was answered correctly; the first answer counts."""
    everything = load()
    everything["quizzes"].setdefault(number, {}).setdefault(str(question), correct)
    _save(everything)


def load() -> dict[str, Any]:
    """Everything that is remembered; nothing where there is no file, or one that cannot be used."""
    file = progress_file()
    if file in _in_memory:
        return _in_memory[file]
    try:
        stored = json.loads(file.read_text(encoding="utf-8"))
        if stored["format"] > FORMAT:
            _keep_in_memory(file, {}, f"{file} was written by a newer llmcourse")
            return _in_memory[file]
        return _completed(stored)
    except FileNotFoundError:
        return _completed({})
    except OSError as error:
        _keep_in_memory(file, {}, f"{file} cannot be read ({error.strerror})")
        return _in_memory[file]
    except (ValueError, KeyError, TypeError, AttributeError):
        return _after_damage(file)


def _completed(stored: dict[str, Any]) -> dict[str, Any]:
    """With every part there, whatever the file lacked. Raises where a part is not what it should be."""
    kinds = {"attempts": int, "hints": int, "solved": bool}
    exercises = {
        str(key): {name: kind(entry[name]) for name, kind in kinds.items() if name in entry}
        for key, entry in stored.get("exercises", {}).items()
    }
    quizzes = {
        str(number): {str(question): bool(correct) for question, correct in answers.items()}
        for number, answers in stored.get("quizzes", {}).items()
    }
    return {"format": FORMAT, "exercises": exercises, "quizzes": quizzes}


def _after_damage(file: Path) -> dict[str, Any]:
    """Put a damaged file aside, so that nothing is lost that somebody could still read, and start anew."""
    aside = file.with_suffix(".damaged.json")
    try:
        os.replace(file, aside)
    except OSError as error:
        _keep_in_memory(file, {}, f"{file} is damaged and cannot be moved ({error.strerror})")
        return _in_memory[file]
    _say_once(f"Your progress could not be read, so it starts anew. The damaged file is now {aside}.")
    return _completed({})


def _save(everything: dict[str, Any]) -> None:
    file = progress_file()
    if file in _in_memory:
        _in_memory[file] = everything
        return
    try:
        write_atomically(file, json.dumps(everything, indent=1, sort_keys=True).encode())
    except CourseError as error:
        _keep_in_memory(file, everything, str(error).partition(";")[0])


def _keep_in_memory(file: Path, everything: dict[str, Any], reason: str) -> None:
    _in_memory[file] = _completed(everything)
    _say_once(f"Your progress is not saved: {reason}. Set LLMCOURSE_PROGRESS to a file of your own to keep it.")


def _say_once(message: str) -> None:
    if message not in _said:
        _said.add(message)
        display.show(message, display.box("!", "Progress", message))
