"""What holds for every test: shapes are checked, nothing reaches the network, results do not depend on luck."""

from __future__ import annotations

import os
import shutil
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

# Before torch is imported by anything: several test processes share the cores, and a process with more threads
# than its share is several times slower than one with a single thread.
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("LLMCOURSE_THREADS", "1")
os.environ["MPLBACKEND"] = "Agg"
os.environ["LLMCOURSE_QUIET"] = "1"
os.environ.pop("LLMCOURSE_DATA", None)

import hypothesis
import pytest
from jaxtyping import install_import_hook

ROOT = Path(__file__).resolve().parent.parent

# From here on every `Float[Tensor, "batch position d_model"]` in the package is a check, not a comment.
# The corpus has words, not shapes, and a check at each word makes it ten times slower.
PARTS = ("model", "training", "inference", "analysis", "viz")
install_import_hook([f"llmcourse.{part}" for part in PARTS], "beartype.beartype")

# The same examples on every run, and no test fails because a machine is slow.
# `HYPOTHESIS_PROFILE=explore pytest …` looks for new examples instead.
hypothesis.settings.register_profile("course", derandomize=True, deadline=None)
hypothesis.settings.register_profile("explore", deadline=None, max_examples=500)
hypothesis.settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "course"))

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]

LOOPBACK = ("127.", "::1", "localhost")


@pytest.fixture(scope="session")
def root() -> Path:
    """The folder of the checkout."""
    return ROOT


@pytest.fixture(autouse=True, scope="session")
def no_outside_network() -> Iterator[None]:
    """Any connection that would leave this machine is an error: the course works offline, and so do its tests."""
    connect = socket.socket.connect

    def connect_here_only(self: socket.socket, address: Any) -> None:
        if self.family != getattr(socket, "AF_UNIX", None) and not str(address[0]).startswith(LOOPBACK):
            raise OSError(f"a test tried to reach {address[0]}: tests stay on this machine")
        connect(self, address)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(socket.socket, "connect", connect_here_only)
        yield


@pytest.fixture(autouse=True)
def own_folders(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> None:
    """Downloads and progress go to a folder of the test's own, never to the user's."""
    home = tmp_path_factory.getbasetemp() / "home"
    home.mkdir(exist_ok=True)
    monkeypatch.setenv("XDG_CACHE_HOME", str(home / "cache"))
    monkeypatch.setenv("XDG_DATA_HOME", str(home / "data"))
    monkeypatch.setenv("LLMCOURSE_PROGRESS", str(home / "progress.json"))


def missing(what: str) -> None:
    """Skip; but a run that counts (CI) must not pass without its browser tests."""
    if os.environ.get("CI", "").lower() in ("true", "1"):
        pytest.fail(f"{what}, and CI runs the browser tests", pytrace=False)
    pytest.skip(what)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """One Chromium for all tests of a process: playwright cannot be started twice in it."""
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        missing("playwright is not installed: pip install -e '.[test]'")
    names = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
    chromium = os.environ.get("LLMCOURSE_CHROMIUM") or next(filter(None, map(shutil.which, names)), None)
    if chromium is None:
        missing("no Chromium here: apt install chromium, or set LLMCOURSE_CHROMIUM to the path of one")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium, args=FLAGS)
        yield browser
        browser.close()
