"""What a check makes of all that learners write, on a small exercise: the double of a tensor."""

import functools
import operator
import random
import sys
import time

import numpy
import pytest
import torch
from torch import nn

from llmcourse.course.checking import check_answer
from llmcourse.course.exercise import Exercise
from llmcourse.course.outcome import Kind


def double(x, keep=True):
    return 2 * x


def is_even(trial):
    if (trial.result % 2 != 0).any():
        return f"Some are odd ({trial.case})."
    return None


def exercise(**changes):
    settings = {
        "key": "double",
        "title": "Doubling",
        "task": "Write `double(x)`.",
        "difficulty": 1,
        "minutes": 1,
        "answer": double,
        "cases": {
            "for small numbers": lambda draw: (draw.integers(0, 9, 5),),
            "for large ones": lambda draw: (draw.integers(100, 200, 3),),
        },
        "tests": [is_even],
        "known_mistakes": {"square": (lambda x: x * x, "You square it.")},
        "hints": ["Think.", "Add.", "`x + x`"],
    }
    return Exercise(**(settings | changes))


def check(answer, **changes):
    return check_answer(exercise(**changes), answer)


class DoubleModule(nn.Module):
    def forward(self, x):
        return x + x


class CallableObject:
    def __call__(self, x):
        return x + x


CORRECT = {
    "function": lambda x: x + x,
    "partial": functools.partial(torch.mul, 2),
    "object": CallableObject(),
    "bound method": CallableObject().__call__,
    "module": DoubleModule(),
    "compiled": torch.compile(lambda x: x + x, backend="eager"),
    "compiled module": torch.compile(DoubleModule(), backend="eager"),
}


@pytest.mark.parametrize("name", CORRECT)
def test_any_callable_may_be_the_answer(name):
    outcome = check(CORRECT[name])
    assert outcome.kind is Kind.CORRECT, str(outcome)


def test_a_builtin_may_be_the_answer():
    outcome = check_answer(
        exercise(answer=torch.exp, tests=[], cases={"for numbers": lambda draw: (draw(3),)}), torch.exp
    )
    assert outcome.correct


def test_a_class_may_be_the_answer():
    outcome = check(DoubleModule, use=lambda answer, x: answer()(x) if isinstance(answer, type) else answer(x))
    assert outcome.correct, str(outcome)


class TestWrong:
    def test_the_known_mistake_is_recognized(self):
        assert check(lambda x: x**2).diagnosis == "You square it."

    def test_otherwise_a_test_speaks(self):
        outcome = check(lambda x: 2 * x + 1)
        assert outcome.kind is Kind.WRONG
        assert outcome.diagnosis == "Some are odd (for small numbers)."

    def test_otherwise_the_difference_is_told(self):
        assert check(lambda x: 4 * x).diagnosis.endswith("entries differ (for small numbers).")

    def test_a_result_of_another_kind_does_not_break_the_tests(self):
        assert check(lambda x: "a text").diagnosis == "It returned the text 'a text', not a tensor of shape (5,)."

    def test_the_result_of_a_call_instead_of_the_function(self):
        outcome = check(torch.zeros(3))
        assert outcome.kind is Kind.WRONG
        assert "the function itself, not a tensor of shape (3,)" in outcome.diagnosis

    def test_nothing_returned_on_some_cases_only(self):
        assert check(lambda x: 2 * x if len(x) == 5 else None).kind is Kind.WRONG


class TestErrors:
    def test_says_which_error_on_which_line_and_case(self):
        def answer(x):
            return x @ torch.zeros(7, 7)  # the learner's own line

        outcome = check(answer)
        assert outcome.kind is Kind.ERROR
        assert outcome.diagnosis.startswith("RuntimeError: ")
        assert outcome.diagnosis.endswith("(for small numbers)")
        assert outcome.line.endswith("return x @ torch.zeros(7, 7)  # the learner's own line")

    def test_the_line_is_the_learners_even_when_the_error_is_deeper(self):
        def answer(x):
            return nn.functional.linear(x.float(), torch.zeros(3, 4))

        assert "nn.functional.linear" in check(answer).line

    def test_a_builtin_has_no_line(self):
        outcome = check(operator.itemgetter(99))
        assert outcome.diagnosis.startswith("IndexError")
        assert outcome.line == ""

    def test_not_implemented_by_pytorch_is_an_error_and_not_a_blank(self):
        def answer(x):
            return torch.softmax(x.bool(), dim=0)

        outcome = check(answer)
        assert outcome.kind is Kind.ERROR, str(outcome)

    def test_a_part_left_blank(self):
        def answer(x):
            if len(x) == 3:
                raise NotImplementedError
            return 2 * x

        outcome = check(answer)
        assert outcome.kind is Kind.ERROR
        assert outcome.diagnosis == "A part of it still raises NotImplementedError. (for large ones)"

    def test_endless_recursion(self):
        def answer(x):
            return answer(x)

        outcome = check(answer)
        assert "RecursionError" in outcome.diagnosis
        assert "call itself without end" in outcome.diagnosis

    @pytest.mark.parametrize("leave", [exit, sys.exit, quit])
    def test_leaving_the_program(self, leave):
        outcome = check(lambda x: leave())
        assert outcome.kind is Kind.ERROR
        assert "exit()" in outcome.diagnosis

    def test_wrong_number_of_arguments(self):
        assert check(lambda: 3).diagnosis.startswith("TypeError: ")

    def test_a_long_message_is_cut(self):
        def answer(x):
            raise ValueError("very " * 1000 + "long")

        assert len(check(answer).diagnosis) < 400

    def test_an_error_only_on_changed_inputs(self):
        def on_changed(trial):
            trial.call(trial.inputs[0][:1])

        def answer(x):
            return 2 * x if len(x) > 1 else x[5]

        assert check(answer, tests=[on_changed]).kind is Kind.ERROR


class TestTime:
    def test_an_endless_loop_is_stopped_on_its_line(self):
        def answer(x):
            while True:
                x = x + 1

        outcome = check(answer, seconds=0.3)
        assert outcome.kind is Kind.ERROR
        assert "stopped after 0.3 seconds" in outcome.diagnosis
        assert "x = x + 1" in outcome.line or "while True" in outcome.line

    def test_a_sleeper_is_left_behind(self):
        assert check(lambda x: time.sleep(3), seconds=0.2).kind is Kind.ERROR

    def test_compiled_code_has_more_time(self):
        compiled = torch.compile(DoubleModule(), backend="eager")
        assert check(compiled, seconds=1).correct


class TestSideEffects:
    def test_prints_are_let_through(self, capsys):
        def answer(x):
            print("here", len(x))
            return 2 * x

        assert check(answer).correct
        assert "here 5\nhere 3\n" in capsys.readouterr().out

    def test_changing_the_input_is_remarked_and_breaks_nothing(self):
        def answer(x):
            x *= 2
            return x

        outcome = check(answer)
        assert outcome.correct
        assert "changes the tensors" in outcome.diagnosis

    def test_the_global_random_numbers_are_as_before(self):
        def answer(x):
            torch.manual_seed(len(x))
            numpy.random.seed(3)
            random.seed(4)
            return 2 * x

        def numbers():
            return random.random(), numpy.random.rand(), torch.rand(1).item()

        state = random.getstate(), numpy.random.get_state(), torch.get_rng_state()
        expected = numbers()
        random.setstate(state[0])
        numpy.random.set_state(state[1])
        torch.set_rng_state(state[2])
        assert check(answer).correct
        assert numbers() == expected

    def test_cases_do_not_depend_on_the_global_random_numbers(self):
        seen = []

        def answer(x):
            seen.append(x.tolist())
            torch.rand(7)
            return 2 * x

        torch.manual_seed(1)
        check(answer)
        torch.manual_seed(2)
        check(answer)
        assert seen[: len(seen) // 2] == seen[len(seen) // 2 :]

    def test_an_answer_that_draws_gets_the_same_numbers_as_the_answer_key(self):
        def noisy(x):
            return x + torch.rand(x.shape)

        assert check_answer(exercise(answer=noisy, tests=[]), lambda x: x + torch.rand(x.shape)).correct


def test_an_open_task_is_judged_by_its_tests_alone():
    open_task = {"compare": False, "tests": [is_even], "known_mistakes": {}}
    assert check(lambda x: 4 * x, **open_task).correct
    assert not check(lambda x: 4 * x + 1, **open_task).correct


@pytest.mark.parametrize(
    ("changes", "words"),
    [({"key": "not a name"}, "Python name"), ({"difficulty": 4}, "1, 2 or 3"), ({"cases": {}}, "at least one case")],
)
def test_a_badly_written_exercise_says_so(changes, words):
    with pytest.raises(ValueError, match=words):
        exercise(**changes)
