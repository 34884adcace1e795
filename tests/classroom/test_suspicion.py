"""What a reader of an answer points out; above all, what it does not hold against an honest one."""

import pytest

from llmcourse.classroom.suspicion import suspicions
from llmcourse.course.chapters import content, numbers
from llmcourse.course.files import notebook_paths, read_notebook
from llmcourse.course.solve import exercise_key
from llmcourse.course.source import solution_source

BODY = "def softmax(x, dim):\n    "


def look(source, before=frozenset({"exercises", "exercise", "torch"})):
    return suspicions(source, "04", "softmax", "softmax", set(before))


def costs_points(source):
    return any(lost for _, lost in look(source))


@pytest.mark.parametrize(
    "source",
    [
        "from llmcourse.model.softmax import softmax",
        "from llmcourse.model.softmax import softmax as s\nsoftmax = s",
        "import llmcourse.model.softmax as m\n" + BODY + "return m.softmax(x, dim)",
        "import llmcourse.model.softmax\nsoftmax = llmcourse.model.softmax.softmax",
        BODY + "from llmcourse.model.softmax import softmax as theirs\n    return theirs(x, dim)",
        "from llmcourse.model import softmax as m\nhelper = lambda x: m.softmax(x, 0)\n" + BODY + "return helper(x)",
        "softmax = exercises('04').softmax.exercise.answer",
    ],
)
def test_the_courses_own_answer_costs_the_points(source):
    assert costs_points(source)


@pytest.mark.parametrize(
    "source",
    [
        "from llmcourse.course import checking\nchecking.check_answer = None",
        "import llmcourse.course.exercises as e\ne.OpenExercise.check = print",
        "from llmcourse.course.exercises import OpenExercise\nsetattr(OpenExercise, 'check', print)",
        "exercise.softmax.exercise = None",
        "import llmcourse\ndel llmcourse.course",
    ],
)
def test_changing_the_course_costs_the_points(source):
    assert costs_points(source)


@pytest.mark.parametrize(
    ("source", "words"),
    [
        ("import torch\ntorch.equal = lambda a, b: True", "changes a library"),
        ("import os\nos.environ['LLMCOURSE_STRICT'] = '0'", "changes a library, or what"),
        ("open('../anna/04.ipynb')", "outside its folder"),
        ("open('C:/Users/anna/04.ipynb')", "outside its folder"),
        ("import subprocess", "other programs (subprocess)"),
        ("import os\nos.system('ls')", "other programs (system)"),
        ("import urllib.request", "the network (urllib)"),
        ("exec('x = 1')", "uses exec"),
        ("import importlib", "uses importlib"),
        ("exercise = None", "another meaning to `exercise`"),
        ("from llmcourse.model.softmax import softmax as s\n" + BODY + "return x\nprint(s)", "does not use it"),
        ("from llmcourse.course.chapters import find_exercise", "reaches into the course's exercises"),
    ],
)
def test_what_is_pointed_out_costs_nothing(source, words):
    found = look(source)
    assert any(words in what for what, _ in found), found
    assert not costs_points(source)


@pytest.mark.parametrize(
    "source",
    [
        BODY + "return x.softmax(dim)",
        BODY + "q = x.clone()\n    q[0] = 1\n    return q",
        "def softmax(exercise, dim):\n    exercise.x = 1",
        "import numpy as np\n" + BODY + "y = np.array(x)\n    y[0] = 2\n    return y",
        "from llmcourse.model.attention import causal_mask\n" + BODY + "return causal_mask(3)",
        BODY + "return '/'.join('a/b') + './c'",
        "this is no Python",
        "",
    ],
)
def test_an_honest_answer_is_not_suspected(source):
    assert look(source) == []


def test_no_answer_of_the_course_is_suspected():
    """Each exercise of each chapter, filled in as the solved edition has it."""
    tried = 0
    for number in numbers():
        (path,) = notebook_paths([number])
        blanks = {exercise_key(cell) for cell in read_notebook(path).cells}
        for exercise in content(number).EXERCISES:
            if exercise.key in blanks:
                found = suspicions(solution_source(exercise), number, exercise.key, exercise.answer.__name__, set())
                assert not any(lost for _, lost in found), (number, exercise.key, found)
                tried += 1
    assert tried > 80
