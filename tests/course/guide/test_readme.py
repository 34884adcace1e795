"""The README's table of notebooks is the one that the notebooks make."""

import re
from pathlib import Path

import pytest

from llmcourse.course.guide.notes import all_notes
from llmcourse.course.guide.outline import outline
from llmcourse.course.guide.readme import BEGIN, END, with_table
from llmcourse.errors import CourseError

NOTES = all_notes()


def test_the_readme_has_the_titles_and_minutes_of_the_notebooks(root: Path) -> None:
    readme = (root / "README.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (\d\d) \| (.*?) \| (\d*) \| (.+?) \| (.+?) \|$", readme, flags=re.MULTILINE)
    assert [row[0] for row in rows] == list(outline())
    for number, title, minutes, *_ in rows:
        if notes := NOTES.get(number):
            assert title == f"[{notes.title}](notebooks/{notes.file})"
            assert minutes == str(notes.minutes)


def test_a_readme_without_its_two_comments_is_refused() -> None:
    with pytest.raises(CourseError, match=r"README\.md should hold its table between"):
        with_table("# a readme")
    assert with_table(f"above\n{BEGIN}\nold\n{END}\nbelow").endswith(f"{END}\nbelow")
