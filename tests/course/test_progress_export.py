"""What a student hands in: a name, what was done, and nothing else."""

import json
import re
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from llmcourse.course.progress_export import KIND, Export, checked_name, export, read_export
from llmcourse.course.remembered import nothing
from llmcourse.errors import CourseError


def remembered(attempts: int = 0, solved: bool = False) -> dict:
    """Chapter 04 opened, its first exercise tried, one question of its quiz answered."""
    entry = {"attempts": attempts, "solved": solved}
    return nothing() | {"opened": ["04"], "exercises": {"04.softmax": entry}, "quizzes": {"04": {"1": True}}}


def test_is_read_as_it_was_written(tmp_path: Path) -> None:
    file = export("Ada  Lovelace ", remembered(3, True), tmp_path / "ada.json")
    assert read_export(file) == Export("Ada Lovelace", remembered(3, True))


def test_holds_the_name_and_progress_and_nothing_else(tmp_path: Path) -> None:
    more = remembered(1) | {"folder": "/home/ada", "exercises": {"04.softmax": {"attempts": 1, "code": "secret"}}}
    stored = json.loads(export("Ada", more, tmp_path / "ada.json").read_text(encoding="utf-8"))
    assert stored == remembered() | {"exercises": {"04.softmax": {"attempts": 1}}, "kind": KIND, "name": "Ada"}


def test_says_what_it_holds() -> None:
    words = " ".join(Export("Ada", remembered(1)).contents)
    assert "'Ada'" in words
    assert words.count("(1)") == 3


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("Ada Lovelace", "progress-ada-lovelace.json"),
        ("Émile Borel", "progress-emile-borel.json"),
        ("../../etc", "progress-etc.json"),
        ("李", "progress-student.json"),
    ],
)
def test_chooses_a_file_name_that_every_system_takes(
    name: str, file: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert export(name, nothing()) == Path(file)
    assert export(name, nothing(), tmp_path) == tmp_path / file  # again, and into a folder
    assert read_export(tmp_path / file).name == name


def test_does_not_write_over_what_is_another_s(tmp_path: Path) -> None:
    for content in ("my notes", json.dumps({"kind": KIND, "name": "Bob", **nothing()})):
        file = tmp_path / "work.json"
        file.write_text(content, encoding="utf-8")
        with pytest.raises(CourseError, match="choose another file"):
            export("Ada", remembered(), file)
        assert file.read_text(encoding="utf-8") == content


@pytest.mark.parametrize("name", ["", "  \n", "x" * 81, "a\x00b", "a\u202eb", "a\ud800", None, 3])
def test_wants_a_name(name: object) -> None:
    with pytest.raises(CourseError, match="name"):
        checked_name(name)


def test_grows_with_what_is_done() -> None:
    amounts = [Export("Ada", what).amount for what in (nothing(), remembered(), remembered(1), remembered(2, True))]
    assert amounts == sorted(set(amounts))


@given(st.text(max_size=90))
@example("CON. ")
@example("...")
def test_any_name_is_refused_or_comes_back(tmp_path_factory: pytest.TempPathFactory, name: str) -> None:
    folder = tmp_path_factory.mktemp("any")
    try:
        file = export(name, remembered(2, True), folder)
    except CourseError:
        assert not list(folder.iterdir())
        return
    assert re.fullmatch(r"progress-[a-z0-9-]+\.json", file.name)
    assert read_export(file) == Export(checked_name(name), remembered(2, True))
