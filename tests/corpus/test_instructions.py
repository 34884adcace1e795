"""Four instructions, and a judge that knows every right reply and accepts nothing else."""

import random

import pytest

from llmcourse.corpus import World
from llmcourse.corpus.examples import RING
from llmcourse.corpus.instructions import (
    MOST_WORDS,
    TASKS,
    Instruction,
    counted,
    instruction,
    instructions,
    judge,
)
from llmcourse.corpus.tales import length, sentences, tell_on
from llmcourse.errors import CourseError

SOME = instructions(48, seed=4)


def test_the_tasks_come_in_turn_and_fit() -> None:
    assert [one.task for one in SOME] == list(TASKS) * 12
    assert max(length([one.text, one.reply]) for one in SOME) <= MOST_WORDS
    assert instructions(5, seed=4) == SOME[:5]
    assert instructions(5, seed=5) != SOME[:5]


@pytest.mark.parametrize("asked", SOME, ids=lambda asked: asked.task)
def test_the_reply_that_is_given_is_right(asked: Instruction) -> None:
    verdict = judge(asked, asked.reply)
    assert verdict
    assert not verdict.why_not


@pytest.mark.parametrize("asked", SOME, ids=lambda asked: asked.task)
@pytest.mark.parametrize("reply", ["", "Mia", "The end.", "One.", RING])
def test_what_is_no_reply(asked: Instruction, reply: str) -> None:
    verdict = judge(asked, reply)
    assert not verdict
    assert verdict.why_not


def test_many_replies_continue_a_tale() -> None:
    for asked in instructions(10, seed=1, tasks=["continue"]):
        other = tell_on(asked.text, random.Random(2)).text[len(asked.text) + 1 :]
        assert judge(asked, other)
        assert not judge(asked, f"{other} {other}")
        assert not judge(asked, asked.text)


def test_a_happier_end_has_to_be_happier_and_of_that_tale() -> None:
    one, two, *_ = instructions(8, seed=1, tasks=["happier"])
    its_own_end = sentences(one.text)[-1]
    assert judge(one, its_own_end).why_not == "with this end the tale is as sad"
    assert judge(one, two.reply).why_not == "this is no end of that tale"
    assert not judge(one, f"{one.text} {one.reply}")


def test_count_and_answer() -> None:
    story = World().read(RING)
    count = instruction("count", story, random.Random(0))
    assert count is not None
    assert count.reply == "Eight."
    assert judge(count, "Seven.").why_not == "the reply is 'Seven.', and right is 'Eight.'"
    answer = instruction("answer", story, random.Random(0))
    assert answer == Instruction("answer", RING.removesuffix(" Mia."), "Mia.")
    assert instruction("happier", story, random.Random(0)) is None  # it ends well already
    assert counted(12) == "Twelve."


def test_what_cannot_be_asked() -> None:
    with pytest.raises(CourseError, match="no task 'sing': choose of answer, count"):
        instructions(1, tasks=["sing"])
    with pytest.raises(CourseError, match="at least one task"):
        instructions(1, tasks=[])
