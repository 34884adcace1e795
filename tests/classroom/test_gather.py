"""Whose is it, and which notebook? The layouts in which classes come down from a platform, and what else lies there."""

import json
import os
from pathlib import Path

import pytest

from llmcourse.classroom.gather import gather
from llmcourse.errors import CourseError

NOTEBOOKS = [Path("04_self_attention.ipynb"), Path("05_multi_head_attention.ipynb")]


def put(folder: Path, *names: str, text: str = "{}") -> None:
    for name in names:
        file = folder / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, encoding="utf-8")


@pytest.mark.parametrize(
    ("name", "student"),
    [
        ("anna/04_self_attention.ipynb", "anna"),
        ("anna/week 4/04_self_attention.ipynb", "anna"),
        ("anna/04_self_attention (2).ipynb", "anna"),
        ("04_self_attention/anna.ipynb", "anna"),
        ("anna_04_self_attention.ipynb", "anna"),
        ("04_self_attention_anna.ipynb", "anna"),
        ("anna-04_self_attention-1.ipynb", "anna"),
        ("Anna Berg_8812_assignsubmission_file_/04_self_attention.ipynb", "Anna Berg"),
        ("Anna Berg_8812_assignsubmission_file_04_self_attention.ipynb", "Anna Berg"),
        ("berganna_3100_7712_04_self_attention-2.ipynb", "berganna"),
        ("berganna_LATE_3100_7712_04_self_attention.ipynb", "berganna"),
        ("team-1_04_self_attention.ipynb", "team-1"),
        ("04_self_attention.ipynb", "(no name)"),
    ],
)
def test_layouts(tmp_path: Path, name: str, student: str) -> None:
    put(tmp_path, name)
    ((found,), strays) = gather(tmp_path, NOTEBOOKS)
    assert (found.student, found.notebook, found.path) == (student, "04_self_attention", tmp_path / name)
    assert not strays


def test_layouts_may_be_mixed(tmp_path: Path) -> None:
    put(
        tmp_path,
        "anna/04_self_attention.ipynb",
        "ben_05_multi_head_attention.ipynb",
        "anna_05_multi_head_attention.ipynb",
    )
    found, _ = gather(tmp_path, NOTEBOOKS)
    assert [(one.student, one.notebook[:2]) for one in found] == [("anna", "04"), ("anna", "05"), ("ben", "05")]


def test_students_are_not_mixed_up_for_a_short_name(tmp_path: Path) -> None:
    put(tmp_path, "li_100_2000_04_self_attention.ipynb", "li_101_2001_04_self_attention.ipynb")
    found, _ = gather(tmp_path, NOTEBOOKS)
    assert [one.student for one in found] == ["li_100_2000", "li_101_2001"]


def test_of_two_files_the_newest_counts(tmp_path: Path) -> None:
    put(tmp_path, "anna/04_self_attention.ipynb", "anna/04_self_attention-1.ipynb")
    os.utime(tmp_path / "anna/04_self_attention.ipynb", (2e9, 2e9))
    ((found,), _) = gather(tmp_path, NOTEBOOKS)
    assert found.path.name == "04_self_attention.ipynb"
    assert "2 times" in found.remarks[0]


def test_a_renamed_notebook_is_known_by_its_number(tmp_path: Path) -> None:
    put(tmp_path, "anna/final FINAL.ipynb", text=json.dumps({"metadata": {"llmcourse": {"number": "05"}}}))
    ((found,), _) = gather(tmp_path, NOTEBOOKS)
    assert (found.student, found.notebook) == ("anna", "05_multi_head_attention")


def test_where_one_notebook_is_asked_for_any_name_will_do(tmp_path: Path) -> None:
    put(tmp_path, "anna.ipynb", text="no JSON")
    ((found,), _) = gather(tmp_path, NOTEBOOKS[:1])
    assert (found.student, found.notebook) == ("anna", "04_self_attention")


def test_nothing_is_passed_over_in_silence(tmp_path: Path) -> None:
    put(tmp_path, "anna/04_self_attention.ipynb", "anna/notes.txt")  # a file more does no harm
    put(tmp_path, "ben/essay.pdf", "cleo/work.ipynb")
    (tmp_path / "dan").mkdir()
    found, strays = gather(tmp_path, NOTEBOOKS)
    assert [one.student for one in found] == ["anna"]
    reasons = {stray.student: stray.reason for stray in strays}
    assert reasons.keys() == {"ben", "cleo", "dan"}
    assert "no notebook" in reasons["ben"] and "which notebook" in reasons["cleo"] and "empty" in reasons["dan"]


def test_what_an_editor_leaves_behind_is_ignored(tmp_path: Path) -> None:
    put(tmp_path, "anna/04_self_attention.ipynb", "anna/.ipynb_checkpoints/04_self_attention-checkpoint.ipynb")
    put(tmp_path, "__MACOSX/anna/04_self_attention.ipynb", ".DS_Store")
    found, strays = gather(tmp_path, NOTEBOOKS)
    assert [one.path for one in found] == [tmp_path / "anna/04_self_attention.ipynb"]
    assert not strays


def test_a_folder_that_holds_nothing(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="nothing in"):
        gather(tmp_path, NOTEBOOKS)
    with pytest.raises(CourseError, match="no folder"):
        gather(tmp_path / "missing", NOTEBOOKS)
