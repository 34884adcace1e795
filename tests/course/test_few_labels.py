"""The open task of notebook 12, which has no answer key to compare with."""

import pytest
import torch

from llmcourse.course.checking import check_answer
from llmcourse.course.content.ch12 import few_labels
from llmcourse.course.outcome import Kind
from llmcourse.model import SequenceClassifier, pretrained


@pytest.fixture(scope="module")
def untrained():
    return SequenceClassifier(pretrained("gpt-world")[0], n_classes=2)


def test_an_untrained_classifier_is_told_its_share_and_the_goal(untrained):
    outcome = check_answer(few_labels.FEW_LABELS, untrained)
    assert "It is right on 50% of 200 examples that it has not seen; the goal is 83%" in outcome.diagnosis


def test_something_else():
    outcome = check_answer(few_labels.FEW_LABELS, torch.zeros(3))
    assert "Give it the trained model, a `SequenceClassifier`; this is a Tensor" in outcome.diagnosis


def test_a_good_one(untrained, monkeypatch):
    monkeypatch.setattr(few_labels, "GOAL", 0.5)
    assert check_answer(few_labels.FEW_LABELS, untrained).correct


def test_a_blank():
    assert check_answer(few_labels.FEW_LABELS, None).kind is Kind.NOT_ATTEMPTED
