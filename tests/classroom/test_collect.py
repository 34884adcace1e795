"""What a learning platform hands over comes to lie where nbgrader looks for it, and nothing is lost."""

from pathlib import Path

import pytest

from llmcourse.classroom.collect import collect
from llmcourse.classroom.remarks import read_remarks
from llmcourse.errors import CourseError

ASSIGNMENT = "04_self_attention"


@pytest.fixture
def course(tmp_path: Path) -> Path:
    write(tmp_path / "course" / "source" / ASSIGNMENT / f"{ASSIGNMENT}.ipynb", "{}")
    return tmp_path / "course"


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def submitted(course: Path) -> dict[str, str]:
    return {file.parts[-3]: file.read_text() for file in course.glob(f"submitted/*/{ASSIGNMENT}/{ASSIGNMENT}.ipynb")}


def test_folders_and_platforms_names(course: Path, tmp_path: Path) -> None:
    download = tmp_path / "download"
    write(download / "anna" / f"{ASSIGNMENT}.ipynb", "of anna")
    write(download / f"berg_3100_7712_{ASSIGNMENT}-1.ipynb", "of berg")
    write(download / "Zoë, jr [1]" / "my homework.ipynb", "of Zoë")
    assert all(not one.is_odd for one in collect(course, download, ASSIGNMENT))
    assert submitted(course) == {"anna": "of anna", "berg": "of berg", "Zoë_jr_1_": "of Zoë"}
    assert read_remarks(course, ASSIGNMENT) == []


def test_what_was_handed_in_before_is_kept(course: Path, tmp_path: Path) -> None:
    file = tmp_path / "download" / "anna" / f"{ASSIGNMENT}.ipynb"
    said = []
    for text in ("first", "first", "second", "third"):
        write(file, text)
        said += [one.what.partition(":")[0] for one in collect(course, tmp_path / "download", ASSIGNMENT)]
    assert said == ["collected", "as it was", "replaced", "replaced"]
    assert submitted(course) == {"anna": "third"}
    assert {old.read_text() for old in course.rglob("replaced/anna/*/*.ipynb")} == {"first", "second"}


def test_what_nothing_can_be_done_with_is_listed(course: Path, tmp_path: Path) -> None:
    write(tmp_path / "download" / "anna" / "homework.pdf", "")
    (tmp_path / "download" / "berg").mkdir()
    found = {one.student: one.is_odd for one in collect(course, tmp_path / "download", ASSIGNMENT)}
    assert found == {"anna": True, "berg": True}
    told = {row["student"]: row["remark"] for row in read_remarks(course, ASSIGNMENT)}
    assert "no notebook" in told["anna"]
    assert "empty" in told["berg"]


def test_an_assignment_that_is_not_there(course: Path, tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="it has: 04_self_attention"):
        list(collect(course, tmp_path, "05"))
