import re
from pathlib import Path

from llmcourse.course.chapters import content
from llmcourse.course.progress import Progress
from llmcourse.course.remembered import nothing
from llmcourse.course.standing import standings
from llmcourse.course.syllabus import PARTS, course_map, map_in_words

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


def test_names_stand_on_one_line() -> None:
    names = [chapter.name for chapter in CHAPTERS]
    assert not [name for name in names if "\n" in name or "- " in name]
    assert {"Self-attention", "Optimization", "Words as vectors"} <= set(names)


class TestMapWithProgress:
    def done(self) -> Progress:
        """Chapter 04 done, 00 opened."""
        tasks = {f"04.{exercise.key}": {"attempts": 1, "solved": True} for exercise in content("04").EXERCISES}
        answers = {str(place): True for place, _ in enumerate(content("04").QUIZ, start=1)}
        remembered = nothing() | {"opened": ["00"], "exercises": tasks, "quizzes": {"04": answers}}
        return Progress(standings(remembered))

    def test_what_is_begun_and_done_has_a_sign_and_a_count(self) -> None:
        words = [text.get_text() for text in course_map("00", self.done()).axes[0].texts]
        plain = [text.get_text() for text in course_map("00").axes[0].texts]
        exercises = len(content("04").EXERCISES)
        added = ["✓", "…", f"{exercises}/{exercises}", f"0/{len(content('00').EXERCISES)}"]
        assert sorted(words[:-1]) == sorted([*plain[:-1], *added])
        assert "✓ done" in words[-1]
        assert "✓" not in plain[-1]

    def test_the_same_in_words(self) -> None:
        assert map_in_words("00", self.done()).endswith("Begun: 00. Done: 04.")
        assert map_in_words("00", Progress(standings(nothing()))).endswith("Begun: none. Done: none.")
        words = map_in_words("07")
        assert "You are at 07" in words
        assert "Begun" not in words
        for part in PARTS:
            assert f"{part.question.rstrip('?')}: {part.chapters[0].number}" in words
