import inspect

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import confusion_matrix as theirs

from llmcourse.analysis.classification import confusion_matrix, right_by_kind, wrong_ones
from llmcourse.corpus import Labelled
from llmcourse.errors import CourseError

EXAMPLES = [Labelled("a", 1, "easy"), Labelled("b", 0, "hard"), Labelled("c", 1, "hard"), Labelled("d", 0, "easy")]
PROBABILITIES = torch.tensor([[0.2, 0.8], [0.4, 0.6], [0.9, 0.1], [0.7, 0.3]])


@given(st.lists(st.tuples(st.integers(0, 3), st.integers(0, 3)), min_size=1, max_size=50))
def test_it_is_the_matrix_of_scikit_learn(pairs):
    labels, guesses = (torch.tensor(column) for column in zip(*pairs, strict=True))
    ours = confusion_matrix(labels, guesses, 4)
    assert ours.tolist() == theirs(labels.numpy(), guesses.numpy(), labels=range(4)).tolist()


def test_what_cannot_be_counted_is_refused_in_one_line():
    one, two = torch.tensor([0]), torch.tensor([0, 2])
    with pytest.raises(CourseError, match="there are 1 labels and 2 guesses"):
        inspect.unwrap(confusion_matrix)(one, two, 3)  # without the shape checks of the test suite
    with pytest.raises(CourseError, match="there is a guess 2, and classes run from 0 to 1"):
        confusion_matrix(torch.tensor([0, 1]), two, 2)
    with pytest.raises(CourseError, match="there is a label -1"):
        confusion_matrix(torch.tensor([-1]), one, 2)


def test_right_by_kind():
    assert right_by_kind(EXAMPLES, PROBABILITIES) == {"easy": 1.0, "hard": 0.0}


def test_the_surest_mistakes_come_first():
    assert wrong_ones(EXAMPLES, PROBABILITIES) == [2, 1]
