"""The three syllabi: their minutes fit, nothing comes before what it needs, and no chapter is forgotten."""

from dataclasses import replace

import pytest

from llmcourse.course.guide import syllabi as module
from llmcourse.course.guide.outline import outline
from llmcourse.course.guide.syllabi import Syllabus, Unit, syllabi
from llmcourse.course.guide.syllabi_page import syllabi_page
from llmcourse.errors import CourseError

SYLLABI = syllabi()
EACH = pytest.mark.parametrize("syllabus", SYLLABI, ids=[syllabus.title for syllabus in SYLLABI])
BY_TITLE = {syllabus.title: syllabus for syllabus in SYLLABI}


@pytest.mark.parametrize(
    ("title", "units", "hours"),
    [("Twelve weeks", 12, 12 * 2 * 1.5), ("Five days", 5, 5 * 6), ("One day", 4, 6)],
)
def test_a_syllabus_has_its_weeks_or_days(title: str, units: int, hours: float) -> None:
    syllabus = BY_TITLE[title]
    assert len(syllabus.units) == units
    assert all(len(unit.blocks) == syllabus.blocks_a_unit for unit in syllabus.units)
    assert len(syllabus.blocks) * syllabus.block_minutes == hours * 60


@EACH
def test_the_minutes_fit(syllabus: Syllabus) -> None:
    for block in syllabus.blocks:
        assert block.minutes <= syllabus.block_minutes, block.when
        assert block.minutes > syllabus.block_minutes / 2 or any(part.notes is None for part in block.parts), block.when
    for unit in syllabus.units:
        assert unit.home_minutes <= syllabus.home_hours * 60, unit.title


@EACH
def test_nothing_comes_before_what_it_needs(syllabus: Syllabus) -> None:
    assert syllabus.order_problems() == []


def test_a_wrong_order_is_seen() -> None:
    weeks = BY_TITLE["Twelve weeks"]
    backwards = replace(weeks, units=[Unit(unit.title, unit.blocks) for unit in reversed(weeks.units)])
    assert "3, first: 04 before 03" in backwards.order_problems()


@EACH
def test_every_chapter_is_taught_or_said_to_be_left_out(syllabus: Syllabus) -> None:
    taught = {part.entry.number for block in syllabus.blocks for part in block.parts}
    assert not taught & set(syllabus.not_taught)
    assert taught | set(syllabus.not_taught) == set(outline())
    if syllabus.title == "Twelve weeks":
        assert all(number in syllabus.left_out for number in syllabus.not_taught)


@EACH
def test_no_section_and_no_exercise_is_given_twice(syllabus: Syllabus) -> None:
    parts = [part for block in syllabus.blocks for part in block.parts]
    sections = [(part.entry.number, section.title) for part in parts for section in part.sections]
    assert len(set(sections)) == len(sections)
    given = [name for block in syllabus.blocks for name in [*block.in_class, *block.home, *block.by_choice]]
    assert len(set(given)) == len(given)


@EACH
def test_each_says_for_whom_it_is_and_what_it_leads_to(syllabus: Syllabus) -> None:
    page = syllabi_page()
    for text in [syllabus.for_whom, syllabus.left_out, *syllabus.at_the_end, *syllabus.milestones]:
        assert text.strip() in page
    assert len(syllabus.at_the_end) >= 3
    assert len(syllabus.milestones) >= 2


def test_the_page_names_what_is_done_in_class_and_at_home() -> None:
    page = syllabi_page()
    assert "| The causal mask (5)" in page.replace("<br>", "| ")
    assert "quiz, and to read again (20)" in page
    assert "[What to expect before you train](../../notebooks/10_pretraining_a_gpt.ipynb#cell-id=" in page


@pytest.mark.parametrize(
    ("block", "message"),
    [
        ({"when": "1", "take": ["04: 77"]}, "chapter 04 has not one section '77'"),
        ({"when": "1", "take": ["77"]}, "the course has no chapter '77'"),
        ({"when": "1", "take": ["04"], "in_class": ["04.nothing"]}, "'04.nothing' is no exercise of what is taught"),
        ({"when": "1", "take": ["04: 1"], "in_class": ["04.softmax"]}, "'04.softmax' is no exercise of what is taught"),
    ],
)
def test_what_is_not_there_is_refused(block: dict, message: str) -> None:
    with pytest.raises(CourseError, match=message):
        module._block(block, "home", 20, outline()).minutes
