"""The open task of notebook 23, which has no answer key to compare with."""

from llmcourse.analysis.recall_task import RecallModel
from llmcourse.course.checking import check_answer
from llmcourse.course.content.ch23 import small_memory
from llmcourse.course.outcome import Kind


def outcome(*arguments, **sizes):
    return check_answer(small_memory.SMALL_MEMORY, RecallModel(*arguments, **sizes))


def test_an_untrained_model_is_told_its_share_and_the_goal():
    assert "the goal is 85%" in outcome("linear").diagnosis


def test_attention_is_no_small_memory():
    assert "keeps keys and values" in outcome("full").diagnosis


def test_a_state_that_is_too_large():
    assert "2,048 numbers; at most 1,024" in outcome("state space", d_state=64).diagnosis


def test_a_good_one_and_a_blank(monkeypatch):
    monkeypatch.setattr(small_memory, "AT_LEAST", 0.0)
    assert outcome("linear").correct
    assert check_answer(small_memory.SMALL_MEMORY, None).kind is Kind.NOT_ATTEMPTED
