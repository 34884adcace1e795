"""What the course needs from a machine, looked at one by one. `llmcourse doctor` prints it.

Each examination yields findings: what was looked at, what was found and, where something is missing, the command
that mends it. Nothing here changes anything, and nothing reaches for a network.
"""

import importlib.util
import os
import platform
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from enum import Enum
from importlib import metadata
from pathlib import Path

from llmcourse.errors import CourseError

INSTALL = "pip install -e .   (or: make lab)"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "chrome")
WIDGET_EXTENSIONS = {"ipywidgets": "@jupyter-widgets/jupyterlab-manager", "anywidget": "anywidget"}
GIB = 2**30


class Outcome(Enum):
    """How a finding is to be read: in words, never by colour alone."""

    FINE = "✓ fine"
    NOTE = "· note"  # the course runs without it
    MISSING = "✗ missing"  # it does not


@dataclass(frozen=True)
class Finding:
    """One thing looked at, what was found, and the command that mends it (empty where nothing is to be mended)."""

    name: str
    outcome: Outcome
    text: str
    mend: str = ""


def examine() -> list[Finding]:
    """Everything, in the order in which one would mend it."""
    findings: list[Finding] = []
    for examination in EXAMINATIONS:
        try:
            findings += examination()
        except (ImportError, OSError) as error:  # a damaged installation is what a doctor is called for
            name = examination.__name__.removeprefix("examine_")
            findings.append(Finding(name, Outcome.MISSING, f"could not be looked at: {error}", INSTALL))
    return findings


def examine_python() -> Iterator[Finding]:
    """The version that runs this."""
    text = f"{platform.python_version()} in {sys.prefix}, {platform.system()} {platform.machine()}"
    yield Finding("Python", Outcome.FINE, text)


def examine_packages(distribution: str = "llmcourse") -> Iterator[Finding]:
    """Each package that `distribution` declares: is it installed, in a version that is admitted?"""
    from packaging.requirements import Requirement

    try:
        declared = [Requirement(line) for line in metadata.requires(distribution) or []]
    except metadata.PackageNotFoundError:
        yield Finding("packages", Outcome.MISSING, f"{distribution} itself is not installed", INSTALL)
        return
    needed = [requirement for requirement in declared if not requirement.marker or requirement.marker.evaluate()]
    found = []
    for requirement in needed:
        try:
            version = metadata.version(requirement.name)
        except metadata.PackageNotFoundError:
            yield Finding(requirement.name, Outcome.MISSING, "is not installed", INSTALL)
            continue
        if requirement.specifier.contains(version, prereleases=True):
            found.append(f"{requirement.name} {version}")
        else:
            text = f"is {version}; the course was tried with {requirement.specifier}"
            yield Finding(requirement.name, Outcome.MISSING, text, INSTALL)
    if found:
        yield Finding("packages", Outcome.FINE, ", ".join(found))


def examine_device() -> Iterator[Finding]:
    """Where models will be computed, on how many threads."""
    from llmcourse.device import DEVICE_VARIABLE, THREADS_VARIABLE, describe, pick_device, set_threads

    try:
        threads = set_threads()
        yield Finding("device", Outcome.FINE, describe(pick_device()))
    except CourseError as error:
        mend = f"unset {DEVICE_VARIABLE} {THREADS_VARIABLE}"
        yield Finding("device", Outcome.MISSING, str(error), mend)
        return
    if setting := os.environ.get(THREADS_VARIABLE):
        advice = f"{THREADS_VARIABLE}={setting}"
    else:
        advice = f"set {THREADS_VARIABLE}=1 where learners share a machine"
    yield Finding("threads", Outcome.FINE, f"{threads} on {os.cpu_count()} processors ({advice})")


def examine_memory(enough: float = 1.0) -> Iterator[Finding]:
    """Is there `enough` memory, in GiB? A kernel that trains the course's models takes about half a GiB."""
    import psutil

    memory = psutil.virtual_memory()
    available, total = memory.available, memory.total
    limit = _container_limit()
    if limit is not None and limit < total:
        available, total = min(available, limit), limit
    text = f"{available / GIB:.1f} of {total / GIB:.1f} GiB available"
    if available < enough * GIB:
        yield Finding("memory", Outcome.NOTE, f"{text}; training needs about 0.7", "close other programs or kernels")
    else:
        yield Finding("memory", Outcome.FINE, text)


def examine_disk(enough: float = 0.5, folders: Iterable[Path] | None = None) -> Iterator[Finding]:
    """Is there `enough` room, in GiB, where one works and where temporary files go, and may one write there?"""
    for folder in dict.fromkeys(folders or (Path.cwd(), Path(tempfile.gettempdir()))):
        free = shutil.disk_usage(folder).free / GIB
        text = f"{free:.1f} GiB free in {folder}"
        if not os.access(folder, os.W_OK):
            yield Finding("disk", Outcome.NOTE, f"{folder} cannot be written to", "cd to a folder of your own")
        elif free < enough:
            yield Finding("disk", Outcome.MISSING, text, f"make room in {folder}")
        else:
            yield Finding("disk", Outcome.FINE, text)


def examine_data() -> Iterator[Finding]:
    """The stories and the shipped model: all there, and not one byte changed?"""
    from llmcourse.corpus.build import check
    from llmcourse.corpus.files import data_folder

    try:
        folder = data_folder()
    except CourseError as error:
        yield Finding("offline data", Outcome.MISSING, str(error), "llmcourse data build")
        return
    problems = check(folder)
    for problem in problems:
        # Stories are made again from the program that wrote them; a trained model comes from the repository.
        mend = "git restore data" if problem.startswith("checkpoints/") else "llmcourse data build"
        yield Finding("offline data", Outcome.MISSING, problem.partition("; run:")[0], mend)
    if not problems:
        yield Finding("offline data", Outcome.FINE, f"{folder}, every file with the right hash")


def examine_jupyter() -> Iterator[Finding]:
    """The two extensions without which JupyterLab shows a widget as a line of text."""
    from jupyter_core.paths import jupyter_path

    folders = [Path(folder) for folder in jupyter_path("labextensions")]
    for package, extension in WIDGET_EXTENSIONS.items():
        if any((folder / extension / "package.json").is_file() for folder in folders):
            yield Finding("JupyterLab", Outcome.FINE, f"shows {package}'s widgets")
        else:
            mend = f"pip install --force-reinstall --no-deps jupyterlab_widgets {package}"
            yield Finding("JupyterLab", Outcome.MISSING, f"does not show {package}'s widgets", mend)


def examine_extras() -> Iterator[Finding]:
    """What only some of the work needs: the browser tests and the real models."""
    browser = next(filter(None, map(shutil.which, BROWSERS)), None)
    if browser:
        yield Finding("browser tests", Outcome.FINE, browser)
    else:
        text = "no Chromium: those tests are skipped"
        yield Finding("browser tests", Outcome.NOTE, text, "sudo apt install chromium")
    if importlib.util.find_spec("transformers"):
        yield Finding("real models", Outcome.FINE, f"transformers {metadata.version('transformers')}")
    else:
        text = "no transformers library: comparisons with it are skipped"
        yield Finding("real models", Outcome.NOTE, text, "pip install -e '.[hf]'")


def _container_limit() -> int | None:
    """The memory a Linux container was given, which may be less than the machine has."""
    for file in ("/sys/fs/cgroup/memory.max", "/sys/fs/cgroup/memory/memory.limit_in_bytes"):
        try:
            return int(Path(file).read_text(encoding="ascii"))
        except (OSError, ValueError):  # no such file, or "max": no limit
            continue
    return None


EXAMINATIONS: tuple[Callable[[], Iterator[Finding]], ...] = (
    examine_python,
    examine_packages,
    examine_device,
    examine_memory,
    examine_disk,
    examine_data,
    examine_jupyter,
    examine_extras,
)
