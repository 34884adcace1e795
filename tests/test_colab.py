"""What is installed on Colab: all that is missing, and nothing that Colab's own notebooks run on."""

import subprocess
from importlib.metadata import PackageNotFoundError

import pytest

from llmcourse import colab

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
    monkeypatch.setattr(subprocess, "run", lambda words, check: asked.append(words))
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


def test_where_the_course_is_installed_nothing_is_missing() -> None:
    assert colab.missing() == []
