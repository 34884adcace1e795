"""A class in one table: good files and bad ones, two files of one student, names that a spreadsheet would run."""

import csv
import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmcourse.course.progress_export import KIND, export, read_export
from llmcourse.course.progress_merge import ClassProgress, merge
from llmcourse.course.remembered import NotProgress, nothing
from llmcourse.errors import CourseError


def remembered(attempts: int = 0, solved: bool = False) -> dict:
    """Chapter 04 opened, its first exercise tried, one question of its quiz answered."""
    entry = {"attempts": attempts, "solved": solved}
    return nothing() | {"opened": ["04"], "exercises": {"04.softmax": entry}, "quizzes": {"04": {"1": True}}}


BAD = {
    "empty.json": ("", "no JSON"),
    "half.json": ('{"kind": "llmcourse progress exp', "no JSON"),
    "deep.json": ("[" * 100_000, "no JSON"),
    "other.json": ('{"cells": []}', "no progress export"),
    "list.json": ("[1, 2]", "no progress export"),
    "own.json": (json.dumps(remembered()), "no progress export"),
    "nameless.json": (json.dumps({"kind": KIND, **nothing()}), "needs a name"),
    "newer.json": (json.dumps({"kind": KIND, "name": "Ada", **nothing(), "format": 99}), "newer"),
    "wrong.json": (json.dumps({"kind": KIND, "name": "Ada", **nothing(), "quizzes": 3}), "quizzes"),
    "binary.json": ("\xff\xfe\x00", "no text"),
}


def rows_of(file: Path) -> list[dict[str, str]]:
    with file.open(encoding="utf-8-sig", newline="") as table:
        return list(csv.DictReader(table))


class TestMerge:
    def test_a_class_with_bad_files_among_the_good(self, tmp_path: Path) -> None:
        (tmp_path / "group b").mkdir()
        export("Grace", remembered(2, True), tmp_path / "g.json")
        export("ada", remembered(1), tmp_path / "group b" / "a.json")
        (tmp_path / "readme.txt").write_text("not looked at", encoding="utf-8")
        (tmp_path / "folder.json").mkdir()
        for name, (content, _) in BAD.items():
            (tmp_path / name).write_text(content, encoding="latin-1")
        merged = merge([tmp_path])
        assert [row["name"] for row in merged.table()] == ["ada", "Grace"]
        assert len(merged.left_out) == len(BAD) + 1
        for name, (_, reason) in BAD.items():
            (line,) = [line for line in merged.left_out if f"{name}:" in line]
            assert reason in line

    def test_the_table(self, tmp_path: Path) -> None:
        export("Grace", remembered(2, True), tmp_path / "g.json")
        export("Ada", remembered(1), tmp_path / "a.json")
        merge([tmp_path / "g.json", tmp_path / "a.json"]).write(tmp_path / "table.csv")
        ada, grace = rows_of(tmp_path / "table.csv")
        assert (ada["name"], ada["file"], ada["04.softmax"], ada["04.attention"]) == ("Ada", "a.json", "tried", "open")
        assert (grace["04.softmax"], grace["04 quiz"], grace["00 quiz"]) == ("solved", "1 of 4", "open")
        totals = ("chapters opened", "exercises solved", "exercises tried", "attempts", "questions answered")
        assert [ada[column] for column in totals] == ["1", "0", "1", "1", "1"]
        assert [grace[column] for column in totals] == ["1", "1", "0", "2", "1"]

    def test_of_two_exports_of_one_student_the_one_with_more_counts(self, tmp_path: Path) -> None:
        files = [tmp_path / name for name in ("1.json", "2.json", "3.json")]
        for file, (name, attempts) in zip(files, (("Ada", 2), ("ADA", 5), ("Ada", 1)), strict=True):
            export(name, remembered(attempts), file)
        for order in (files, files[::-1]):
            merged = merge(order)
            assert [row["attempts"] for row in merged.table()] == [5]
            assert len(merged.left_out) == 2
            assert all("more in" in line and "2.json" in line for line in merged.left_out)

    def test_counts_who_solved_what(self, tmp_path: Path) -> None:
        for name, solved in (("Ada", True), ("Bob", True), ("Cy", False)):
            export(name, remembered(1, solved), tmp_path / f"{name}.json")
        counts = {chapter.number: counts for chapter, counts in merge([tmp_path]).solved()}
        assert counts["04"][0] == 2
        assert sum(map(sum, counts.values())) == 2

    def test_a_table_that_is_there_is_set_aside(self, tmp_path: Path) -> None:
        export("Ada", remembered(), tmp_path / "a.json")
        (tmp_path / "table.csv").write_text("marks", encoding="utf-8")
        assert merge([tmp_path]).write(tmp_path / "table.csv") == tmp_path / "table.old-1.csv"
        assert (tmp_path / "table.old-1.csv").read_text(encoding="utf-8") == "marks"
        assert merge([tmp_path]).write(tmp_path / "table.csv") == tmp_path / "table.old-2.csv"

    @pytest.mark.parametrize("name", ["=1+1", "+49", "-1", '@SUM("A1")', 'Zoë, "Z" O\'Neil', "李 明"])
    def test_a_name_is_never_a_formula(self, tmp_path: Path, name: str) -> None:
        export(name, remembered(), tmp_path / "a.json")
        merge([tmp_path]).write(tmp_path / "table.csv")
        (row,) = rows_of(tmp_path / "table.csv")
        assert row["name"] == (f"'{name}" if name[0] in "=+-@" else name)

    def test_nothing_to_merge(self, tmp_path: Path) -> None:
        with pytest.raises(CourseError, match="there is no export"):
            merge([tmp_path])
        (tmp_path / "bad.json").write_text("{", encoding="utf-8")
        with pytest.raises(CourseError, match="bad.json: it is no JSON"):
            merge([tmp_path])
        with pytest.raises(CourseError, match="does not exist"):
            merge([tmp_path / "nowhere"])


@given(st.binary(max_size=200))
def test_no_file_stops_the_others(tmp_path_factory: pytest.TempPathFactory, content: bytes) -> None:
    file = tmp_path_factory.getbasetemp() / "any.json"
    file.write_bytes(content)
    merged = ClassProgress()
    merged.add(file)
    assert not merged.exports
    assert len(merged.left_out) == 1
    with pytest.raises(NotProgress):
        read_export(file)
