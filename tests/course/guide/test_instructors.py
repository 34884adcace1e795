"""The instructor's guide has, of every chapter, all that its notebook and its exercises say."""

import re

import pytest

from llmcourse.course.exercise import Exercise
from llmcourse.course.guide import instructors
from llmcourse.course.guide.anchors import page_anchor, readable
from llmcourse.course.guide.instructors import chapter_heading, instructors_page
from llmcourse.course.guide.notes import Notes, all_notes
from llmcourse.course.guide.outline import Entry, outline

NOTES = all_notes()
ENTRIES = outline()
EXERCISES = [
    pytest.param(notes, exercise, id=f"{notes.number}-{key}")
    for notes in NOTES.values()
    for key, exercise in notes.exercises.items()
]


@pytest.fixture(scope="module")
def guide() -> dict[str, str]:
    """The text of each chapter in the guide, by its number."""
    parts = re.split(r"^### (?=Chapter \d\d)", instructors_page(), flags=re.MULTILINE)[1:]
    return {part[8:10]: re.sub(r"\n## .*", "", part, flags=re.DOTALL) for part in parts}


@pytest.mark.parametrize("notes", NOTES.values(), ids=list(NOTES))
def test_a_chapter_has_all_that_its_metadata_says(notes: Notes, guide: dict[str, str]) -> None:
    text = guide[notes.number]
    assert text.startswith(chapter_heading(ENTRIES[notes.number]))
    assert f"{notes.teaching_minutes} minutes of teaching, {notes.exercise_minutes} of exercises" in text
    for line in [*notes.objectives, *notes.mistakes, *notes.discuss, *notes.skip]:
        assert readable(line)[1:] in text
    for number in notes.needs:
        assert f"(#{page_anchor(chapter_heading(ENTRIES[number]))})" in text


@pytest.mark.parametrize(("notes", "exercise"), EXERCISES)
def test_an_exercise_has_its_task_and_what_its_check_says(
    notes: Notes, exercise: Exercise, guide: dict[str, str]
) -> None:
    text = guide[notes.number]
    assert f"{exercise.dots} {exercise.minutes} minutes. " in text
    assert readable(exercise.task)[1:] in text
    for name, (_, diagnosis) in exercise.known_mistakes.items():
        assert f"- *{readable(name)}*: {readable(diagnosis)}" in text


def test_a_chapter_that_is_planned_is_said_to_be_planned(monkeypatch: pytest.MonkeyPatch) -> None:
    entry = Entry("04", "Self-attention", "masks", "each step", None)
    monkeypatch.setattr(instructors, "outline", lambda: {**ENTRIES, "04": entry})
    page = instructors.instructors_page()
    assert "This chapter is planned: masks; each step." in page
    assert "04 Self-attention (planned)" in page
