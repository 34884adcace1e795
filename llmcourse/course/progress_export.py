"""Progress as a file that a student can hand in: the name that he or she chose, and what was done. Nothing is sent."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from llmcourse.course.remembered import NotProgress, checked
from llmcourse.errors import CourseError
from llmcourse.storage import write_atomically

KIND = "llmcourse progress export"
LONGEST_NAME = 80


@dataclass(frozen=True)
class Export:
    """What one student handed in."""

    name: str
    remembered: Mapping[str, Any]

    @property
    def amount(self) -> int:
        """How much was done. It only grows, so of two exports of one machine the larger is the later."""
        exercises, quizzes = self.remembered["exercises"].values(), self.remembered["quizzes"].values()
        tries = sum(
            entry.get("attempts", 0) + entry.get("hints", 0) + entry.get("solved", False) for entry in exercises
        )
        return len(self.remembered["opened"]) + tries + sum(len(answers) for answers in quizzes)

    @property
    def contents(self) -> list[str]:
        """What the file tells about its student, in words."""
        exercises, quizzes = self.remembered["exercises"], self.remembered["quizzes"]
        return [
            f"the name {self.name!r}",
            f"which notebooks were opened ({len(self.remembered['opened'])})",
            f"of each exercise that was tried, whether it is solved, and how many attempts and hints it took "
            f"({len(exercises)})",
            f"of each quiz, which questions were answered, and which of them right at once ({len(quizzes)})",
        ]


def export(name: str, remembered: Mapping[str, Any], file: Path | None = None) -> Path:
    """Write what is remembered to a file under this name, and return its path.

    Args:
        file: where to; `progress-NAME.json` in the current folder when it is not given. An earlier export of the same
            name is replaced.

    Raises:
        CourseError: the name is none, or there is another file in the way.
    """
    name = checked_name(name)
    file = file or Path(f"progress-{_file_name(name)}.json")
    if file.is_dir():
        file /= f"progress-{_file_name(name)}.json"
    if file.exists() and not _is_of(name, file):
        raise CourseError(f"{file} is there already and is no export of {name!r}: choose another file")
    data = {"kind": KIND, "name": name, **checked(remembered)}
    write_atomically(file, (json.dumps(data, indent=1, sort_keys=True, ensure_ascii=False) + "\n").encode())
    return file


def read_export(file: Path) -> Export:
    """The export in a file.

    Raises:
        NotProgress: it is none. The message says why, without the file's name.
    """
    try:
        stored = json.loads(file.read_text(encoding="utf-8-sig"))
    except OSError as error:
        raise NotProgress(f"it cannot be read ({error.strerror})") from None
    except UnicodeDecodeError:
        raise NotProgress("it is no text") from None
    except (ValueError, RecursionError):
        raise NotProgress("it is no JSON, or only half of it") from None
    if not isinstance(stored, dict) or stored.get("kind") != KIND:
        raise NotProgress("it is no progress export; `llmcourse progress export` writes one")
    try:
        return Export(checked_name(stored.get("name")), checked(stored))
    except CourseError as error:
        raise NotProgress(str(error)) from None


def checked_name(name: Any) -> str:
    """The name, with single spaces. Raises CourseError where it is none."""
    name = " ".join(unicodedata.normalize("NFC", name).split()) if isinstance(name, str) else ""
    if not name:
        raise CourseError("an export needs a name, the one by which your teacher knows you")
    if len(name) > LONGEST_NAME:
        raise CourseError(f"a name has at most {LONGEST_NAME} characters, and this one {len(name)}")
    if any(unicodedata.category(letter) in ("Cc", "Cs", "Cf") for letter in name):
        raise CourseError("a name holds letters, and this one has a character that cannot be shown")
    return name


def _file_name(name: str) -> str:
    """A name as a part of a file's name that every system takes."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    return re.sub(r"[^a-z0-9]+", "-", plain).strip("-") or "student"


def _is_of(name: str, file: Path) -> bool:
    try:
        return read_export(file).name == name
    except NotProgress:
        return False
