import re

import pytest
import torch

from llmcourse.course import exercises
from llmcourse.course.display import box, inline
from llmcourse.course.outcome import Kind, NotSolved, Outcome
from llmcourse.errors import CourseError


@pytest.fixture
def tasks():
    return exercises("04")


def right(n):
    return torch.ones(n, n, dtype=torch.bool).tril()


def wrong(n):
    return torch.ones(n, n, dtype=torch.bool).triu(1)


class TestCheck:
    def test_returns_and_prints_the_outcome(self, tasks, capsys):
        outcome = tasks.causal_mask.check(right)
        assert outcome.correct
        assert bool(outcome)
        assert capsys.readouterr().out == "✓ Correct: The causal mask\n"

    def test_the_four_outcomes_differ_in_sign_and_words(self, tasks, capsys):
        def raises(n):
            raise ValueError("no such mask")

        def blank(n):
            raise NotImplementedError

        for answer in (blank, right, wrong, raises):
            tasks.causal_mask.check(answer)
        signs = re.findall(r"^([○✓✗!]) (\w.*): The causal mask$", capsys.readouterr().out, flags=re.MULTILINE)
        assert signs == [(kind.sign, kind.words) for kind in Kind]

    @pytest.mark.parametrize(("name", "value"), [("LLMCOURSE_STRICT", "1"), ("NBGRADER_EXECUTION", "validate")])
    def test_strict_mode_raises_unless_correct(self, tasks, monkeypatch, name, value):
        monkeypatch.setenv(name, value)
        assert tasks.causal_mask.check(right).correct
        with pytest.raises(NotSolved, match="causal_mask of notebook 04: ✗ .* wrong way round"):
            tasks.causal_mask.check(wrong)
        with pytest.raises(NotSolved, match="○"):
            tasks.causal_mask.check(None)


class TestHints:
    def test_come_one_after_the_other_and_the_last_stays(self, tasks, capsys):
        for _ in range(5):
            tasks.causal_mask.hint()
        hints = tasks.causal_mask.exercise.hints
        shown = re.findall(r"Hint (\d) of 3", capsys.readouterr().out)
        assert len(hints) == 3
        assert shown == ["1", "2", "3", "3", "3"]

    def test_the_last_one_points_to_the_solution(self, tasks, capsys):
        tasks.causal_mask.hint(2)
        assert "solution()" not in capsys.readouterr().out
        tasks.causal_mask.hint()
        assert "solution()" in capsys.readouterr().out

    def test_a_number_that_is_none(self, tasks):
        with pytest.raises(CourseError, match="from 1 to 3"):
            tasks.causal_mask.hint(0)


def test_the_solution_of_an_open_task_is_its_code(capsys):
    exercises("10").small_model.solution()
    assert "train(small_model" in capsys.readouterr().out


def test_names_are_offered_and_a_wrong_one_is_explained(tasks):
    assert {"attention", "causal_mask", "softmax"} <= set(dir(tasks))
    assert len(tasks) == len(list(tasks))
    with pytest.raises(AttributeError, match="no exercise 'atention'; it has .*attention"):
        tasks.atention
    assert not hasattr(tasks, "_repr_html_")


def test_shows_itself_in_words(tasks):
    assert "●○○ causal_mask: The causal mask" in repr(tasks)
    assert "about 5 minutes" in str(tasks.causal_mask)


def test_no_exercises_for_such_a_notebook():
    with pytest.raises(CourseError, match="'4'"):
        exercises("4")


class TestBox:
    def test_text_is_text_and_not_markup(self):
        page = box("✗", "<b>", "a < b & `x < y`", code="if a < b:")
        assert "<b>" not in page
        assert "a &lt; b &amp; <code>x &lt; y</code>" in page
        assert "if a &lt; b:" in page

    def test_stress_and_code(self):
        assert inline("where `*batch` is *any* number, 2 * 3 * 4") == (
            "where <code>*batch</code> is <em>any</em> number, 2 * 3 * 4"
        )

    def test_is_announced_to_screen_readers(self, monkeypatch):
        shown = {}
        monkeypatch.setattr("llmcourse.course.outcome.show", lambda text, page: shown.update(text=text, page=page))
        Outcome(Kind.WRONG, "Masks", "It leaks.", "line 3: x = 1").show()
        assert 'role="status"' in shown["page"]
        assert "Not right yet: Masks" in shown["page"]
        assert shown["text"] == "✗ Not right yet: Masks\nIt leaks.\n    line 3: x = 1"
