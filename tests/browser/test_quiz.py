"""The live quiz in a real browser, with the keyboard."""

import pytest

from llmcourse.course import quiz
from llmcourse.course.quiz_widget import QuizWidget
from llmcourse.course.record import load

pytestmark = pytest.mark.browser


@pytest.fixture
def widget(tmp_path, monkeypatch):
    monkeypatch.setenv("LLMCOURSE_PROGRESS", str(tmp_path / "progress.json"))
    return QuizWidget(quiz("04"))


def test_the_keyboard_is_enough(mount, widget):
    page = mount(widget)
    question = page.get_by_role("group").first
    choices = widget.questions[0]["choices"]

    question.get_by_role("radio").first.focus()
    page.keyboard.press("Space")
    assert question.get_by_role("status").inner_text().startswith("✗ No.")
    page.keyboard.press("ArrowDown")
    right = next(place for place, choice in enumerate(choices) if choice["verdict"].startswith("✓"))
    for _ in range(right - 1):
        page.keyboard.press("ArrowDown")
    assert question.get_by_role("status").inner_text().startswith("✓ Right.")

    page.keyboard.press("Tab")  # to the next question, not to the next choice
    page.keyboard.press("Space")
    page.wait_for_function("Object.keys(window.model.get('chosen')).length === 2")
    assert load()["quizzes"]["04"]["1"] is False  # the first answer counts
    assert set(load()["quizzes"]["04"]) == {"1", "2"}


def test_a_screen_reader_hears_question_and_choice(mount, widget):
    page = mount(widget)
    assert page.get_by_role("group").count() == len(widget.questions)
    first = page.get_by_role("group", name="Why are the scores divided")
    assert first.get_by_role("radio", name="So that the weights of each query sum to 1.").count() == 1


@pytest.mark.parametrize("width", [1200, 400])
def test_long_choices_stay_on_the_page(mount, widget, width):
    page = mount(widget)
    page.set_viewport_size({"width": width, "height": 900})
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_shows_again_what_was_chosen(mount, widget):
    widget.chosen = {"0": 1}
    page = mount(widget)
    assert page.get_by_role("group").first.get_by_role("radio").nth(1).is_checked()
    assert page.get_by_role("group").first.get_by_role("status").inner_text()[0] in "✓✗"
