"""Minimal pairs differ in one thing, and their answers are right: by the world, or by construction."""

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from llmcourse.analysis.minimal_pairs import Pairs, induction_pairs, logit_differences, stacked
from llmcourse.analysis.story_pairs import feeling_pairs, name_pairs, pronoun_pairs, question_pairs
from llmcourse.corpus.text import join_words
from llmcourse.corpus.world import World
from llmcourse.errors import CourseError
from llmcourse.model import pretrained

TOKENIZER = pretrained("gpt-world")[1]
WORLD = World()


def text(pairs: Pairs, which: str, row: int) -> str:
    ids = getattr(pairs, which)[row, 1 : pairs.last[row] + 1]
    return join_words([TOKENIZER.tokens([i])[0] for i in ids.tolist()])


def word(ids: torch.Tensor, row: int) -> str:
    return TOKENIZER.tokens([int(ids[row])])[0]


@pytest.mark.parametrize("make", [question_pairs, name_pairs, feeling_pairs, pronoun_pairs])
def test_the_world_agrees_with_every_answer(make) -> None:  # type: ignore[no-untyped-def]
    pairs = make(TOKENIZER, 6, seed=2)
    assert len(pairs) == 6
    for row in range(6):
        for which, answer in (("clean", pairs.right), ("corrupt", pairs.wrong)):
            after = WORLD.next_word(text(pairs, which, row))
            assert after.get(word(answer, row).lower(), 0) + after.get(word(answer, row), 0) > 0, text(
                pairs, which, row
            )


def test_one_word_of_a_question_differs() -> None:
    pairs = question_pairs(TOKENIZER, 6, seed=2)
    assert (pairs.clean != pairs.corrupt).sum(dim=1).eq(1).all()
    rows = torch.arange(6)
    assert {word(pairs.clean[rows, pairs.places["verb"]], row) for row in range(6)} == {"lost"}
    assert torch.equal(pairs.clean[rows, pairs.places["loser"]], pairs.right)
    assert torch.equal(pairs.clean[rows, pairs.places["finder"]], pairs.wrong)
    assert torch.equal(pairs.places["?"], pairs.last)


def test_exchanged_names_are_a_story_with_the_other_answer() -> None:
    pairs = name_pairs(TOKENIZER, 4, seed=2)
    for row in range(4):
        asked = WORLD.read(text(pairs, "corrupt", row) + f" {word(pairs.wrong, row)}.")
        assert asked.answer == word(pairs.wrong, row)


def test_a_name_and_pronouns_that_disagree() -> None:
    for exchange in ("name", "pronouns"):
        pairs = pronoun_pairs(TOKENIZER, 3, exchange=exchange)
        rows = torch.arange(3)
        changed = pairs.clean != pairs.corrupt
        assert changed[rows, pairs.places["name"]].all() == (exchange == "name")
        assert changed[rows, pairs.places["first pronoun"]].all() == (exchange == "pronouns")
    with pytest.raises(CourseError, match="exchange is .*not 'job'"):
        pronoun_pairs(TOKENIZER, 3, exchange="job")


@given(length=st.integers(4, 20), seed=st.integers(0, 99))
@settings(max_examples=25, deadline=None)
def test_a_copy_is_of_what_followed(length: int, seed: int) -> None:
    pairs = induction_pairs(20, length, 5, seed)
    for ids, answer in ((pairs.clean, pairs.right), (pairs.corrupt, pairs.wrong)):
        for row in ids.tolist():
            assert len(set(row[:-1])) == length
        where = (ids[:, :-1] == ids[:, -1:]).int().argmax(dim=1)  # the first place of the last token
        assert torch.equal(ids[torch.arange(5), where + 1], answer)
    assert (pairs.clean != pairs.corrupt).sum(dim=1).eq(2).all()
    rows = torch.arange(5)
    assert torch.equal(pairs.clean[rows, pairs.places["copied"]], pairs.corrupt[rows, pairs.places["copied"]])


def test_turned_twice_is_as_before() -> None:
    pairs = induction_pairs(9, 6, 3)
    turned = pairs.turned()
    assert torch.equal(turned.clean, pairs.corrupt)
    logits = torch.randn(3, 7, 9)
    torch.testing.assert_close(logit_differences(logits, turned), -logit_differences(logits, pairs))
    assert torch.equal(turned.turned().right, pairs.right)


def test_what_is_no_pair() -> None:
    with pytest.raises(CourseError, match="no minimal pair"):
        stacked(TOKENIZER, [(["Mia"], ["Mia", "lost"], "a", "a", {})])
    with pytest.raises(CourseError, match="no pairs"):
        stacked(TOKENIZER, [])
    with pytest.raises(CourseError, match="from 4 up"):
        induction_pairs(9, 3, 1)
