"""Writing files so that a crash, a kill or a full disk never leaves half of one."""

import itertools
import os
from contextlib import suppress
from pathlib import Path

from llmcourse.errors import CourseError


def write_atomically(path: str | Path, data: bytes) -> None:
    """Write `data` to `path`, whole or not at all: whoever opens the file finds the old one or the new one.

    The bytes go to a temporary file in the same folder, are forced to the disk, and only then take the name `path`.
    Raises CourseError where the file cannot be written.
    """
    path = Path(path)
    temporary = path.with_name(f"{path.name}.tmp")  # the same folder: a rename across disks would be a copy
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        with open(temporary, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())  # on the disk, not only on its way there
        os.replace(temporary, path)
        sync_folder(path.parent)
    except OSError as error:
        with suppress(OSError):
            temporary.unlink()
        why = error.strerror or error
        raise CourseError(f"cannot write {path} ({why}): choose another place, or make room") from None


def set_aside(path: str | Path, why: str) -> Path:
    """Give a file another name in its folder, `table.WHY-1.csv` or the next that is free, and return that.

    Raises OSError where the file cannot be moved.
    """
    path = Path(path)
    for number in itertools.count(1):
        aside = path.with_name(f"{path.stem}.{why}-{number}{path.suffix}")
        if not os.path.lexists(aside):
            break
    os.rename(path, aside)
    return aside


def sync_folder(folder: Path) -> None:
    """Force the folder's list of names to the disk too, so that a rename survives a loss of power."""
    if os.name == "nt":  # Windows has no such call; its renames are logged
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
