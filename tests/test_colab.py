"""What is installed on Colab: all that is missing, and nothing that Colab's own notebooks run on."""

import os
import subprocess
from importlib.metadata import PackageNotFoundError

import pytest

from llmcourse import colab
from llmcourse.errors import CourseError

REQUIRES = [
    "torch<2.14,>=2.9",
    "ipython>=8.18",
    "jupyter_core>=5.5",
    "jupyterlab<5,>=4.2",
    "ftfy>=6.3",
    "anywidget>=0.9.13",
    'pywin32>=1; sys_platform == "win33"',
    'pytest>=8.2; extra == "test"',
]
ON_COLAB = {"torch": "2.9.1+cu126", "ipython": "7.34.0", "jupyter_core": "5.0", "anywidget": "0.9.0"}


@pytest.fixture
def on_colab(monkeypatch: pytest.MonkeyPatch) -> list[list[str]]:
    """A machine with old versions; returns what pip is asked for."""

    def version(name: str) -> str:
        if name not in ON_COLAB:
            raise PackageNotFoundError(name)
        return ON_COLAB[name]

    asked: list[list[str]] = []
    monkeypatch.setattr(colab, "requires", lambda _: REQUIRES)
    monkeypatch.setattr(colab, "version", version)

    def run(words: list[str], **_: object) -> subprocess.CompletedProcess[str]:
        asked.append(words)
        failed = os.environ.get("PIP_FAILS") == "1"
        return subprocess.CompletedProcess(words, int(failed), "", "no network" if failed else "requires ipython>=8.18")

    monkeypatch.setattr(subprocess, "run", run)
    return asked


def test_what_is_missing_or_too_old_and_not_colabs_own(on_colab: list[list[str]]) -> None:
    assert colab.missing() == ["ftfy>=6.3", "anywidget>=0.9.13"]


def test_pip_is_asked_once_for_all(on_colab: list[list[str]], monkeypatch: pytest.MonkeyPatch) -> None:
    colab.main()
    (words,) = on_colab
    assert words[1:] == ["-m", "pip", "install", "-q", "ftfy>=6.3", "anywidget>=0.9.13"]
    monkeypatch.setattr(colab, "requires", lambda _: REQUIRES[:2])
    colab.main()
    assert len(on_colab) == 1


def test_what_pip_says_is_shown_only_where_it_fails(
    on_colab: list[list[str]], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    colab.main()
    assert "ipython" not in capsys.readouterr().out
    monkeypatch.setenv("PIP_FAILS", "1")
    with pytest.raises(CourseError, match="no network"):
        colab.main()


def test_where_the_course_is_installed_nothing_is_missing() -> None:
    assert colab.missing() == []
