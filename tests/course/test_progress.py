import re

from hypothesis import given
from hypothesis import strategies as st

from llmcourse.course import progress
from llmcourse.course.chapters import content
from llmcourse.course.record import record_attempt, record_hint, record_opened, record_quiz
from llmcourse.course.remembered import nothing
from llmcourse.course.standing import standings


class TestTable:
    def test_shows_what_is_done_tried_and_open(self):
        record_attempt("04", "softmax", "correct")
        record_attempt("04", "attention", "wrong")
        record_hint("04", "attention", 2)
        record_quiz("04", 1, True)
        table = str(progress())
        assert "✓ solved" in line_of(table, "Softmax")
        assert line_of(table, "Scaled dot").split()[-5:] == ["tried", "1", "attempt,", "2", "hints"]
        assert "○ open" in line_of(table, "The causal mask")
        assert "… begun" in line_of(table, "04        quiz")

    def test_says_the_same_as_a_page(self):
        table = progress()
        page = table._repr_mimebundle_()["text/html"]
        assert page.count("<tr>") == len(table.rows) + 1
        assert "<caption>" in page
        assert 'scope="col"' in page


def line_of(text, start):
    return next(line for line in text.splitlines() if start in line)


def solve_all(number: str) -> None:
    """Solve every exercise of a chapter, and answer its quiz."""
    for exercise in content(number).EXERCISES:
        record_attempt(number, exercise.key, "correct")
    for place, _ in enumerate(content(number).QUIZ, start=1):
        record_quiz(number, place, place > 1)


class TestStandings:
    def test_open_begun_and_done(self):
        record_opened("01")
        record_hint("02", content("02").EXERCISES[0].key, 1)
        solve_all("04")
        found = {chapter.number: chapter for chapter in progress().chapters}
        assert [found[number].word for number in ("00", "01", "02", "04")] == ["open", "begun", "begun", "done"]
        assert [found[number].sign for number in ("00", "01", "02", "04")] == ["○", "…", "…", "✓"]
        assert found["04"].solved == len(content("04").EXERCISES)
        assert found["04"].right == len(content("04").QUIZ) - 1 == found["04"].answered - 1

    def test_a_quiz_that_is_left_out_is_not_done(self):
        for exercise in content("04").EXERCISES:
            record_attempt("04", exercise.key, "correct")
        assert next(chapter for chapter in progress().chapters if chapter.number == "04").word == "begun"

    @given(
        st.dictionaries(st.text(max_size=9), st.just({"attempts": 1})),
        st.dictionaries(st.text(max_size=3), st.just(True)),
    )
    def test_what_the_course_does_not_have_counts_for_nothing(self, exercises, answers):
        known = {str(place) for place in range(1, 10)}
        answers = {question: True for question in answers if question not in known}
        exercises = {key: entry for key, entry in exercises.items() if "." not in key}
        remembered = nothing() | {
            "exercises": exercises,
            "quizzes": {"04": answers, "99": {"1": True}},
            "opened": ["99"],
        }
        assert standings(remembered) == standings(nothing())

    def test_the_summary_counts_them(self):
        solve_all("04")
        record_opened("00")
        assert progress().summary.startswith("2 of ")
        assert f", {len(content('04').EXERCISES)} of " in progress().summary
        assert re.search(r", 1 of \d+ quizzes answered$", progress().summary)
