"""The baseline: what it learns, and when it says nothing."""

import pytest

from llmcourse.analysis.nearest_answer import NearestAnswer
from llmcourse.corpus.squad import SpanQuestion
from llmcourse.errors import CourseError

LEARNED = [
    SpanQuestion("1", "Who lost the ring?", "Mia lost the ring.", ("Mia",), (0,)),
    SpanQuestion("2", "Who lost the key?", "Tom lost the key.", ("Tom",), (0,)),
    SpanQuestion("3", "Where was the key?", "It was under a stone.", ("under a stone",), (7,)),
]


@pytest.mark.parametrize(
    ("question", "context", "answer"),
    [
        ("Who lost the hat?", "Mia met Tom. Then Tom lost a hat.", "Tom"),  # the nearest to "hat"
        ("Where was the hat?", "The hat was under a stone.", "under a stone"),
        ("Where was the hat?", "The hat was in a tree.", ""),  # no such answer was ever seen
        ("Who lost the hat of Ben?", "Mia lost a hat.", ""),  # nobody of that name
        ("Why?", "Mia lost a hat.", ""),
    ],
)
def test_predictions(question, context, answer):
    assert NearestAnswer(LEARNED).predict(SpanQuestion("x", question, context)) == answer


def test_nothing_to_learn_from():
    with pytest.raises(CourseError, match="nothing to learn from"):
        NearestAnswer([])
