"""The open task of notebook 18, which has no answer key to compare with."""

import re

import pytest
import torch

from llmcourse.course.checking import check_answer
from llmcourse.course.content.ch18 import good_draft
from llmcourse.course.content.ch18.good_draft import GOOD_DRAFT, large
from llmcourse.course.outcome import Kind
from llmcourse.inference.speculative import gpt_draft


@pytest.fixture(autouse=True)
def few_stories(monkeypatch):
    monkeypatch.setattr(good_draft, "STORIES", 3)


def uniform(ids):
    vocab = large()[1].vocab_size
    return torch.full((vocab,), 1 / vocab)


def test_a_draft_that_knows_nothing_is_told_how_far_it_gets():
    diagnosis = check_answer(GOOD_DRAFT, uniform).diagnosis
    assert re.search(r"gives 1\.\d\d tokens for each call of the large model, \d% .* the goal is 3\.5", diagnosis)


def test_the_large_model_itself_is_no_draft():
    assert "the large model itself" in check_answer(GOOD_DRAFT, gpt_draft(large()[0])).diagnosis


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (lambda ids: uniform(ids)[:9], "336 probabilities, one for each token"),
        (lambda ids: 2 * uniform(ids), "sums to 2"),
        (3.5, "Give it a function"),
    ],
)
def test_what_is_no_draft(answer, said):
    assert said in check_answer(GOOD_DRAFT, answer).diagnosis


def test_a_model_is_not_yet_a_function_of_ids():
    assert "`gpt_draft(model)` makes one" in check_answer(GOOD_DRAFT, large()[0]).diagnosis


@pytest.mark.parametrize("nothing", [None, ...])
def test_a_blank(nothing):
    assert check_answer(GOOD_DRAFT, nothing).kind is Kind.NOT_ATTEMPTED
