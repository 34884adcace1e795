"""Every notebook says enough for a teacher, and its minutes fit together."""

import pytest

from llmcourse.course.files import notebooks_folder, read_notebook
from llmcourse.course.guide.notes import Notes, all_notes
from llmcourse.errors import CourseError

NOTES = all_notes()
EACH_CHAPTER = pytest.mark.parametrize("notes", NOTES.values(), ids=list(NOTES))


@EACH_CHAPTER
def test_a_notebook_says_enough_for_a_teacher(notes: Notes) -> None:
    assert len(notes.objectives) >= 3
    assert len(notes.discuss) >= 2
    assert len(notes.mistakes) >= 3
    assert notes.skip
    assert all(notes.skip)
    assert all(line.rstrip().endswith(("?", ".", ")")) for line in notes.discuss)
    assert list(notes.exercises) == [key for section in notes.sections for key in section.exercises]
    assert set(notes.needs) <= set(NOTES)
    assert all(number < notes.number for number in notes.needs)
    assert notes.needs or notes.number == "00"


@EACH_CHAPTER
def test_the_minutes_of_a_notebook_fit_together(notes: Notes) -> None:
    metadata = read_notebook(notebooks_folder() / notes.file).metadata.llmcourse
    assert abs(notes.teaching_minutes + metadata.teacher.exercise_minutes - notes.minutes) <= 5
    assert sum(section.minutes for section in notes.sections) == notes.teaching_minutes
    compulsory = sum(exercise.minutes for exercise in notes.exercises.values() if exercise.difficulty < 3)
    assert compulsory - 10 <= metadata.teacher.exercise_minutes <= notes.exercise_minutes + 15


def test_a_section_is_found_by_its_number_or_the_beginning_of_its_title() -> None:
    assert NOTES["04"].section("4").title == "4 · Why the square root"
    assert NOTES["10"].section("The run").title == "The run"
    with pytest.raises(CourseError, match="has not one section 'The'"):
        NOTES["10"].section("The")
