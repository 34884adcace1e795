"""Tables for a spreadsheet."""

import csv
import io
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmcourse.tables import csv_text, harmless, write_csv

WORDS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x00"))


@given(st.lists(st.tuples(WORDS, st.integers())))
def test_what_is_read_back_is_what_was_written_but_for_formulas(rows: list[tuple[str, int]]) -> None:
    read = list(csv.reader(io.StringIO(csv_text(("word", "number"), rows), newline="")))
    assert read == [["word", "number"], *([str(harmless(word)), str(number)] for word, number in rows)]


@pytest.mark.parametrize("formula", ["=1+1", "+1", "-1", "@a", "\t=1", "\r=1"])
def test_no_cell_is_a_formula(formula: str) -> None:
    assert harmless(formula) == f"'{formula}"
    assert harmless(-1) == -1  # a number is one


def test_the_file_begins_with_the_mark_of_utf_8(tmp_path: Path) -> None:
    write_csv(tmp_path / "new" / "table.csv", csv_text(("a",), [("é",)]))
    assert (tmp_path / "new" / "table.csv").read_bytes() == b"\xef\xbb\xbfa\r\n\xc3\xa9\r\n"
