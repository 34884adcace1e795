"""The open task of notebook 03, which has no answer key to compare with."""

import re

import pytest
import torch
import torch.nn.functional as F

from llmcourse.analysis.order_task import NAMES, VOCABULARY, learn
from llmcourse.course.checking import check_answer
from llmcourse.course.content.ch03.far_reader import FAR_READER
from llmcourse.course.outcome import Kind


def perfect(ids):
    """The answer by looking, as logits."""
    place = torch.where(ids < NAMES, torch.arange(ids.shape[1]), -1).cummax(dim=1).values.clamp(min=0)
    return F.one_hot(ids.gather(1, place), VOCABULARY).float()


def near_only(ids):
    return torch.cat([perfect(ids)[:, :64], torch.zeros(len(ids), ids.shape[1] - 64, VOCABULARY)], dim=1)


def test_any_function_that_is_right_will_do():
    assert check_answer(FAR_READER, perfect).correct


def test_an_untrained_model_is_told_to_learn_first():
    diagnosis = check_answer(FAR_READER, learn("alibi", steps=1)).diagnosis
    assert re.search(r"right on \d+\.\d% within the trained length; the goal is 98%", diagnosis)


def test_one_that_is_right_near_the_beginning_only():
    diagnosis = check_answer(FAR_READER, near_only).diagnosis
    assert re.search(r"right on 100\.0% near the beginning and on \d+\.\d% from position 128 to 255", diagnosis)


@pytest.mark.parametrize("nothing", [None, ...])
def test_a_blank(nothing):
    assert check_answer(FAR_READER, nothing).kind is Kind.NOT_ATTEMPTED


def test_something_else():
    assert "Give it the trained model" in check_answer(FAR_READER, 0.98).diagnosis
