"""Whatever road leads to the course's own answer is seen; the same code written out is not held against anybody."""

import pytest

from llmcourse.classroom.answer_key import LEARNERS, calls_answer_key
from llmcourse.course.chapters import content, find_exercise, numbers
from llmcourse.course.source import solution_source


def learners(source, name):
    """What `name` is after a cell with this source has run."""
    namespace = {"__name__": "__main__"}
    exec(compile(source, f"{LEARNERS}-1>", "exec", dont_inherit=True), namespace)
    return namespace[name]


@pytest.mark.parametrize(
    "source",
    [
        "import importlib\nsoftmax = lambda x, dim: importlib.import_module('llmcourse.model.softmax').softmax(x, dim)",
        "def softmax(x, dim):\n    names = {}\n    exec('from llmcourse.model.softmax import softmax', names)\n"
        "    return names['softmax'](x, dim)",
        "from llmcourse.course import exercises\n"
        "key = getattr(exercises('04').softmax.exercise, 'ans' + 'wer')\n"
        "def softmax(x, dim):\n    return x.softmax(dim) if x.ndim == 1 else key(x, dim)",
    ],
)
def test_every_road_to_the_answer_key(source):
    assert calls_answer_key(find_exercise("04", "softmax"), learners(source, "softmax"))


@pytest.mark.parametrize(
    "source",
    [
        "def softmax(x, dim):\n    return x.softmax(dim)",
        "def softmax(x, dim):\n    raise ValueError",
        "from llmcourse.model.attention import causal_mask\n"
        "def softmax(x, dim):\n    causal_mask(3)\n    return x.softmax(dim)",
    ],
)
def test_own_work_with_the_courses_other_parts(source):
    assert not calls_answer_key(find_exercise("04", "softmax"), learners(source, "softmax"))


@pytest.mark.parametrize("number", numbers())
def test_an_answer_that_is_written_out_is_a_learners_own(number):
    for exercise in content(number).EXERCISES:
        if not exercise.solution_code:
            answer = learners(solution_source(exercise), exercise.answer.__name__)
            assert not calls_answer_key(exercise, answer), exercise.key
