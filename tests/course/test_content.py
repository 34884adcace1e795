"""Every exercise and every quiz, of every notebook, keeps what the course promises."""

import inspect
import re

import pytest
import torch

from llmcourse.course.chapters import content, find_exercise, numbers
from llmcourse.course.checking import check_answer
from llmcourse.course.content.ch10 import small_model
from llmcourse.course.exercises import exercises
from llmcourse.course.outcome import Kind
from llmcourse.course.source import solution_source
from llmcourse.errors import CourseError
from llmcourse.model import GPT, ModelConfig

CHAPTERS = [(number, content(number)) for number in numbers()]
EXERCISES = [pytest.param(number, e, id=f"{number}-{e.key}") for number, chapter in CHAPTERS for e in chapter.EXERCISES]
WITH_KEY = [parameter for parameter in EXERCISES if parameter.values[1].is_function]
MISTAKES = [
    pytest.param(parameter.values[1], name, id=f"{parameter.id}-{name}")
    for parameter in WITH_KEY
    for name in parameter.values[1].known_mistakes
]
QUESTIONS = [
    pytest.param(question, id=f"{number}-{place}")
    for number, chapter in CHAPTERS
    for place, question in enumerate(chapter.QUIZ, start=1)
]


def blank(*arguments, **options):
    raise NotImplementedError


def empty(*arguments, **options): ...


@pytest.mark.parametrize(("number", "exercise"), WITH_KEY)
def test_the_answer_key_is_correct(number, exercise):
    outcome = check_answer(exercise, exercise.answer)
    assert outcome.kind is Kind.CORRECT, str(outcome)
    assert not outcome.diagnosis  # not even a remark


@pytest.mark.parametrize(("exercise", "name"), MISTAKES)
def test_a_known_mistake_is_caught_with_its_own_diagnosis(exercise, name):
    mistake, diagnosis = exercise.known_mistakes[name]
    outcome = check_answer(exercise, mistake)
    assert outcome.kind is Kind.WRONG, str(outcome)
    assert diagnosis in outcome.diagnosis


@pytest.mark.parametrize(("number", "exercise"), EXERCISES)
def test_no_two_mistakes_share_a_diagnosis(number, exercise):
    texts = [text for _, text in exercise.known_mistakes.values()]
    assert len(set(texts)) == len(texts)


@pytest.mark.parametrize("answer", [blank, empty, None, ...], ids=["raises", "returns nothing", "None", "..."])
@pytest.mark.parametrize(("number", "exercise"), WITH_KEY)
def test_a_blank_is_not_attempted(number, exercise, answer):
    assert check_answer(exercise, answer).kind is Kind.NOT_ATTEMPTED


@pytest.mark.parametrize(("number", "exercise"), WITH_KEY)
def test_the_solution_shows_the_source_of_the_package(number, exercise, capsys):
    getattr(exercises(number), exercise.key).solution()
    assert inspect.getsource(inspect.unwrap(exercise.answer)).rstrip() in capsys.readouterr().out


@pytest.mark.parametrize(("number", "exercise"), WITH_KEY)
def test_the_solution_stands_alone(number, exercise):
    """As the solved edition runs it: in an empty namespace, and the check has nothing to say about it."""
    namespace: dict = {"__name__": "__main__"}
    exec(solution_source(exercise), namespace)
    outcome = check_answer(exercise, namespace[exercise.answer.__name__])
    assert outcome.correct, str(outcome)
    assert f"import {exercise.answer.__name__}" not in solution_source(exercise)


@pytest.mark.parametrize(("number", "exercise"), EXERCISES)
def test_an_exercise_says_what_it_should(number, exercise):
    assert exercise.minutes > 0
    assert len(exercise.hints) >= 3
    assert exercise.task.endswith(".")
    assert find_exercise(number, exercise.key) is exercise
    for text in (exercise.task, *exercise.hints, *(text for _, text in exercise.known_mistakes.values())):
        assert text.count("`") % 2 == 0, f"unpaired backquote in {text!r}"


@pytest.mark.parametrize(("number", "exercise"), WITH_KEY)
def test_an_exercise_knows_several_mistakes(number, exercise):
    assert len(exercise.known_mistakes) >= 3


def test_every_chapter_has_exercises_and_a_quiz():
    for number, chapter in CHAPTERS:
        assert len(chapter.EXERCISES) >= 2, number
        assert 3 <= len(chapter.QUIZ) <= 5, number
        keys = [exercise.key for exercise in chapter.EXERCISES]
        assert len(set(keys)) == len(keys), number


@pytest.mark.parametrize("question", QUESTIONS)
def test_a_question_has_choices_to_think_about(question):
    assert 3 <= len(question.choices) <= 5
    assert question.text.endswith("?")
    for choice in question.choices:
        assert len(choice.explanation.split()) >= 5
        assert not re.search(r"\b(above|below) (choice|answer)|all of the above", choice.text)


def test_a_chapter_that_is_not_there():
    with pytest.raises(CourseError, match="'99'.*04"):
        content("99")
    with pytest.raises(CourseError, match="no exercise 'nonsense'.*attention"):
        find_exercise("04", "nonsense")


class TestSmallModel:
    """The open task of notebook 10, which has no answer key to compare with."""

    def model(self, width=32):
        return GPT(ModelConfig(vocab_size=small_model.load("world").tokenizer().vocab_size, d_model=width, n_layers=1))

    def test_an_untrained_model_is_told_its_loss_and_the_goal(self):
        outcome = check_answer(small_model.SMALL_MODEL, self.model())
        assert re.search(r"Its loss is \d\.\d+ .* the goal is", outcome.diagnosis), str(outcome)

    def test_a_model_that_is_too_large(self):
        outcome = check_answer(small_model.SMALL_MODEL, self.model(width=256))
        assert "parameters; at most 200,000" in outcome.diagnosis

    def test_something_else(self):
        assert "Give it the trained model" in check_answer(small_model.SMALL_MODEL, torch.zeros(3)).diagnosis

    def test_a_good_one(self, monkeypatch):
        monkeypatch.setattr(small_model, "AT_MOST_OVER_FLOOR", 100)
        assert check_answer(small_model.SMALL_MODEL, self.model()).correct

    def test_a_blank(self):
        assert check_answer(small_model.SMALL_MODEL, None).kind is Kind.NOT_ATTEMPTED
