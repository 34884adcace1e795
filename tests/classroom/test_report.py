"""The table and the pages: complete, safe to open, and readable for everybody."""

import csv
import io
import re
from html.parser import HTMLParser
from pathlib import Path

from llmcourse.classroom.gather import Stray
from llmcourse.classroom.grading import Grade, Result
from llmcourse.classroom.overview import overview_page
from llmcourse.classroom.report import student_page
from llmcourse.classroom.results import COLUMNS, table_of, write_results
from llmcourse.course.outcome import Kind

NASTY = "<script>alert(1)</script>"
SOFTMAX = Result("softmax", "Softmax", 1, 1, Kind.CORRECT, code="softmax = lambda x, dim: x.softmax(dim)")
WRONG = Result("attention", "Attention", 0, 2, Kind.WRONG, "Where does `dim` come in?", code=f"# {NASTY}")
BROKEN = Result("mask", "The mask", 0, 1, Kind.ERROR, "NameError: n", "line 2: n", "n", ("its cell raised an error",))
BLANK = Result("head", "A head", 0, 3, Kind.NOT_ATTEMPTED)
ANNA = Grade("anna", "04_self_attention", "04 Self-attention", (SOFTMAX, WRONG, BROKEN, BLANK))
BEN = Grade("=cmd()", "04_self_attention", "04 Self-attention", (SOFTMAX, WRONG, BLANK, BLANK), ("handed in 2 times",))
CLEO = Stray("cleo", Path("cleo/essay.pdf"), "essay.pdf is no notebook (.ipynb)")


def rows() -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(table_of([ANNA, BEN], [CLEO]))))


def words_of(page: str) -> str:
    """What a reader sees of a page."""

    class Reader(HTMLParser):
        seen = ""

        def handle_data(self, data: str) -> None:
            self.seen += data

    reader = Reader()
    reader.feed(page.partition("<body>")[2])
    return " ".join(reader.seen.split())


def test_the_table_has_a_row_for_everybody() -> None:
    anna, ben, cleo = rows()
    assert tuple(anna) == COLUMNS
    assert (anna["student"], anna["points"], anna["out of"]) == ("anna", "1", "7")
    assert anna["exercises"] == "softmax ✓ 1/1; attention ✗ 0/2; mask ! 0/1; head ○ 0/3"
    assert anna["remarks"] == "mask: its cell raised an error"
    assert ben["remarks"] == "handed in 2 times"
    assert (cleo["student"], cleo["points"], cleo["remarks"]) == ("cleo", "0", CLEO.reason)


def test_a_spreadsheet_finds_no_formula_in_it() -> None:
    assert rows()[1]["student"] == "'=cmd()"


def test_a_students_page_tells_all() -> None:
    page = student_page("anna", [ANNA])
    seen = words_of(page)
    for words in ("1 of 7 points", "✓ Correct", "✗ Not right yet", "Where does dim come in?", "○ Not attempted yet"):
        assert words in seen
    for words in ("! Your code raised an error", "line 2: n", "its cell raised an error", "x.softmax(dim)", NASTY):
        assert words in seen
    assert "<script" not in page


def test_the_teachers_page_begins_with_the_odd_ones() -> None:
    page = overview_page("Grades", [ANNA, BEN], [CLEO], {"anna": "students/anna.html"})
    seen = words_of(page)
    to_look_at = seen.partition("To look at")[2].partition("04 Self-attention")[0]
    for words in ("cleo", "essay.pdf", "handed in 2 times"):
        assert words in seen[: seen.index("Points by student")]
    assert to_look_at and 'href="students/anna.html"' in page
    assert "2 times: Where does dim come in?" in seen


def test_the_teachers_page_says_what_was_missing() -> None:
    open_to_all = Grade("dan", "04", "04", (SOFTMAX,), missing_walls=("the network is not cut off",))
    assert "the network is not cut off" in words_of(overview_page("Grades", [open_to_all], [], {}))
    assert "Nothing: every submission" in words_of(overview_page("Grades", [open_to_all], [], {}))


def test_a_page_needs_nothing_else_and_obeys_nobody() -> None:
    direction = "\u202e"
    for page in (student_page(f"anna{direction}", [ANNA]), overview_page("Grades", [ANNA, BEN], [CLEO], {})):
        assert page.startswith('<!DOCTYPE html>\n<html lang="en">')
        assert not re.search(r"(src|href)=[\"']?(https?:|//)", page)
        assert "default-src 'none'" in page
        assert direction not in page.partition("<body>")[2]


def test_two_students_never_share_a_page(tmp_path: Path) -> None:
    names = ("Anna", "anna", "an/na", "an:na", "con", "…")
    write_results(tmp_path / "out", "Grades", [Grade(name, "04", "04", (SOFTMAX,)) for name in names], [])
    pages = sorted(path.name for path in (tmp_path / "out/students").iterdir())
    assert pages == ["Anna.html", "an_na-2.html", "an_na.html", "anna-2.html", "con-2.html", "student.html"]
