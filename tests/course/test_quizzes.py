import re

import pytest

from llmcourse.course import quiz
from llmcourse.course.quiz_widget import QuizWidget
from llmcourse.course.quizzes import Choice, Question, Quiz
from llmcourse.course.record import load
from llmcourse.errors import CourseError

CHOICES = [
    Choice("One `x < 1`.", "No, since there are more of them."),
    Choice("Two.", "Both of them are counted here.", correct=True),
]
QUESTION = Question("How *many*?", CHOICES)


def test_text_has_the_questions_and_not_the_answers():
    text = str(Quiz("00", [QUESTION]))
    assert text == "1. How *many*?\n   a) One `x < 1`.\n   b) Two."
    assert repr(quiz("04")) == str(quiz("04"))


def test_answers_have_a_verdict_for_every_choice():
    answers = Quiz("00", [QUESTION]).answers()
    assert "a) One `x < 1`. ✗ No. No, since" in answers
    assert "b) Two. ✓ Right. Both" in answers


def test_the_page_folds_each_explanation_under_its_choice():
    page = Quiz("00", [QUESTION])._repr_mimebundle_()[0]["text/html"]
    assert "<script" not in page
    assert re.search(r"<details><summary>One <code>x &lt; 1</code>.</summary><p>✗ No\..*?</p></details>", page)
    assert page.count("<details>") == 2
    assert "<em>many</em>" in page


def test_is_the_same_every_time():
    assert quiz("04")._repr_mimebundle_() == quiz("04")._repr_mimebundle_()


@pytest.mark.parametrize(
    ("choices", "words"),
    [
        ([CHOICES[0], CHOICES[0]], "exactly one correct"),
        ([CHOICES[1], CHOICES[1]], "exactly one correct"),
        ([CHOICES[1], Choice("Three.", CHOICES[1].explanation)], "of its own"),
    ],
)
def test_a_badly_written_question_says_so(choices, words):
    with pytest.raises(CourseError, match=words):
        Question("How many?", choices)


class TestWidget:
    def test_carries_questions_as_html(self):
        widget = QuizWidget(Quiz("00", [QUESTION]))
        assert widget.questions[0]["text"] == "<strong>1.</strong> How <em>many</em>?"
        assert [choice["verdict"][0] for choice in widget.questions[0]["choices"]] == ["✗", "✓"]

    def test_remembers_the_first_answer(self):
        widget = QuizWidget(Quiz("00", [QUESTION, QUESTION]))
        widget.chosen = {"0": 0}
        widget.chosen = {"0": 1}
        widget.chosen = {"0": 1, "1": 1}
        assert load()["quizzes"]["00"] == {"1": False, "2": True}
