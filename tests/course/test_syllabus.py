import re
from pathlib import Path

from llmcourse.course.syllabus import PARTS, course_map

CHAPTERS = [chapter for part in PARTS for chapter in part.chapters]


def test_the_notebooks_are_numbered_in_course_order() -> None:
    assert [chapter.number for chapter in CHAPTERS] == [f"{number:02}" for number in range(len(CHAPTERS))]


def test_what_is_ready_is_there(root: Path) -> None:
    written = {path.name[:2] for path in (root / "notebooks").glob("[0-9][0-9]_*.ipynb")}
    assert {chapter.number for chapter in CHAPTERS if chapter.ready} == written


def test_the_readme_lists_the_same_notebooks(root: Path) -> None:
    rows = re.findall(r"^\| (\d\d) \| (.*?) \|", (root / "README.md").read_text(encoding="utf-8"), flags=re.MULTILINE)
    assert [number for number, _ in rows] == [chapter.number for chapter in CHAPTERS]
    planned = {number for number, title in rows if title.endswith("(planned)")}
    assert planned == {chapter.number for chapter in CHAPTERS if not chapter.ready}


def test_the_map_shows_every_notebook_once_and_where_one_is() -> None:
    ax = course_map("04").axes[0]
    words = [text.get_text() for text in ax.texts]
    for chapter in CHAPTERS:
        assert words.count(chapter.number) == 1
        assert chapter.title in words
    boxes = [box.get_linewidth() for box in ax.patches]
    assert boxes.index(max(boxes)) == 4
    assert boxes.count(max(boxes)) == 1
