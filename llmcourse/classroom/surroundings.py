"""What a run finds around it: an empty home, few settings, and nothing of the teacher's."""

from __future__ import annotations

import os
import shutil
import sys
from functools import cache
from pathlib import Path

from llmcourse.classroom.processes import MARK

KEPT_VARIABLES = {"PATH", "LANG", "LC_ALL", "LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH", "SYSTEMROOT", "COMSPEC", "PATHEXT"}
KEPT_VARIABLES |= {"LLMCOURSE_DATA", "LLMCOURSE_NOTEBOOKS", "VIRTUAL_ENV", "CONDA_PREFIX", "NUMBER_OF_PROCESSORS"}

PARTS = ("bin", "sbin", "lib", "lib32", "lib64", "libexec", "include", "ssl", "pyvenv.cfg")  # of where Python lies
SYSTEM = ("/etc", "/proc", "/sys", "/usr/share", "/run/systemd/resolve", "/nix/store")


def environment_in(folder: Path, mark: str) -> dict[str, str]:
    """Only what Python needs to start, and settings of the run's own."""
    package = Path(__file__).resolve().parents[2]
    environment = {name: value for name, value in os.environ.items() if name.upper() in KEPT_VARIABLES}
    home = dict.fromkeys(("HOME", "USERPROFILE", "APPDATA", "LOCALAPPDATA", "TMPDIR", "TEMP", "TMP"), str(folder))
    home |= dict.fromkeys(("IPYTHONDIR", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"), str(folder / ".home"))
    return (
        environment
        | home
        | {
            "PYTHONPATH": os.pathsep.join([str(package), *filter(None, [os.environ.get("PYTHONPATH")])]),
            "PYTHONHASHSEED": "0",
            "PYTHONUTF8": "1",
            "MPLBACKEND": "Agg",
            "MPLCONFIGDIR": _plotting(folder),
            "OMP_NUM_THREADS": "1",
            "LLMCOURSE_THREADS": "1",
            "LLMCOURSE_DEVICE": "cpu",  # the same numbers on every teacher's machine
            "LLMCOURSE_QUIET": "1",
            "LLMCOURSE_PROGRESS": str(folder / ".progress.json"),
            MARK: mark,  # by which stray processes are found
        }
    )


def _plotting(folder: Path) -> str:
    """A folder for matplotlib with the list of this machine's fonts, which takes long to make on some."""
    place = folder / ".home" / "matplotlib"
    place.mkdir(parents=True)
    for file in _font_lists():
        shutil.copy(file, place)
    return str(place)


@cache
def _font_lists() -> list[Path]:
    from matplotlib import font_manager, get_cachedir  # importing the first makes the list where there is none

    return list(Path(get_cachedir()).glob("fontlist-*.json")) if font_manager else []


def readable_places() -> list[str]:
    """What a submission may read besides its own folder: Python, the system's programs and libraries, and the course.

    Not all of `/usr`: under `/usr/local/share` nbgrader keeps what students have handed in.
    """
    from llmcourse.corpus.files import data_folder

    prefixes = {Path(place) for place in (sys.prefix, sys.base_prefix, sys.exec_prefix, "/usr", "/usr/local", "/")}
    places = [prefix / part for prefix in prefixes for part in PARTS]
    places += map(Path, SYSTEM)
    places += [Path(place) for place in sys.path if Path(place).name in ("site-packages", "dist-packages")]
    places += [Path(__file__).resolve().parents[1], data_folder().resolve()]
    return [str(place) for place in places if place.exists()]
