"""The site, built once for all tests, and a browser that reaches nothing outside."""

import os
import runpy
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from filelock import FileLock

pytest.importorskip("sphinx", reason="the site needs: pip install -e '.[site]'")

from llmcourse.site.libraries import MATHJAX, REVEAL, LibraryError, archive

_BROWSER = runpy.run_path(str(Path(__file__).parent.parent / "browser" / "conftest.py"))
page = _BROWSER["page"]


@pytest.fixture(scope="session")
def libraries(tmp_path_factory: pytest.TempPathFactory) -> Path | None:
    """A folder with MathJax and reveal.js; None where npm cannot fetch them (then what needs them is skipped)."""
    folder = tmp_path_factory.mktemp("npm")
    try:
        for library in (MATHJAX, REVEAL):
            shutil.copy(archive(library), folder)
    except LibraryError as error:
        print(f"without MathJax and reveal.js: {error}")
        return None
    return folder


@pytest.fixture
def needs_libraries(libraries: Path | None, monkeypatch: pytest.MonkeyPatch) -> None:
    if libraries is None:
        pytest.skip("npm could not fetch MathJax and reveal.js: no npm here, or no network")
    monkeypatch.setenv("LLMCOURSE_NPM", str(libraries))


@pytest.fixture(scope="session")
def site(libraries: Path | None, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of the built site. Without MathJax its formulas stay as they are written; all else is the same."""
    if built := os.environ.get("LLMCOURSE_SITE"):  # one that was built before, while you work on these tests
        return Path(built)
    base = tmp_path_factory.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base  # test processes share one build
    out, done = shared / "build" / "site", shared / "build" / "done"
    shared.joinpath("build").mkdir(exist_ok=True)
    with FileLock(shared / "build" / "lock"):
        if not done.is_file():
            build(out, libraries)
            done.touch()
    return out


def build(out: Path, libraries: Path | None) -> None:
    argument = "" if libraries else ", mathjax=b''"
    environment = {**os.environ, **({"LLMCOURSE_NPM": str(libraries)} if libraries else {})}
    code = "from pathlib import Path; from llmcourse.site.build import build_site; "
    code += f"build_site(Path({str(out)!r}){argument})"
    done = subprocess.run([sys.executable, "-c", code], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-3000:]
    assert not done.stderr.strip(), f"Sphinx warns: {done.stderr[:3000]}"
