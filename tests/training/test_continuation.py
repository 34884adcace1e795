"""Read the beginning of a story, write the rest: the collator, and its exact floor."""

import random

import pytest
import torch

from llmcourse.corpus import WordTokenizer, World, load
from llmcourse.corpus.examples import APPLES, RING, STORIES
from llmcourse.errors import CourseError
from llmcourse.training.continuation import Continuation, answer_floor, shifted_right
from llmcourse.training.loss import IGNORE

WORLD = World()
TOKENIZER = WordTokenizer.for_world(WORLD)


def rows(*texts: str) -> list[list[int]]:
    return [TOKENIZER.encode(text, bos=True, eos=True) for text in texts]


def test_the_answer_is_what_stands_after_the_question() -> None:
    batch = Continuation(TOKENIZER)(rows(RING, APPLES), random.Random(0))
    assert batch.source is not None
    assert batch.source_mask is not None
    for source, mask, targets, text in zip(
        batch.source.tolist(), batch.source_mask[:, 0].tolist(), batch.targets.tolist(), (RING, APPLES), strict=True
    ):
        question, _, answer = text.rpartition("?")
        assert [id for id, seen in zip(source, mask, strict=True) if seen] == rows(question + "?")[0][1:-1]
        assert [id for id in targets if id != IGNORE] == rows(answer)[0][1:]


@pytest.mark.parametrize("share", [0, 0.5, 1])
def test_a_text_is_parted_and_nothing_is_lost(share: float) -> None:
    objective = Continuation(TOKENIZER, share)
    for seed in range(30):
        for row in rows(*STORIES.values()):
            source, answer = objective.parted(row, random.Random(seed))
            assert [*row[:1], *source, *answer] == row
            assert source
            assert len(answer) >= 2
    batch = objective(rows(*STORIES.values()), random.Random(1))
    assert batch.source is not None
    asked = batch.targets != IGNORE
    assert torch.equal(batch.ids[:, 1:][asked[:, 1:]], batch.targets[:, :-1][asked[:, 1:]])  # shifted right
    assert batch.ids[:, 0].tolist() == [TOKENIZER.bos_id] * 3


def test_cuts_anywhere_are_spread() -> None:
    (row,) = rows(RING)
    cuts = {Continuation(TOKENIZER, 1).cut(row, random.Random(seed)) for seed in range(2000)}
    assert cuts == set(range(2, len(row) - 1))


def test_shifted_right() -> None:
    assert shifted_right([7, 8, 2], 1) == [1, 7, 8]


def test_every_answer_follows_from_the_story() -> None:
    assert answer_floor(load("world").validation[:50]) == 0
    told = WORLD.stories(20, seed=5)
    assert answer_floor([story.text for story in told]) == 0
    secret = World(secret="seven two", secret_rate=0.5)
    assert answer_floor([RING], secret) >= 0


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: Continuation(TOKENIZER, -0.1), "must lie between 0"),
        (lambda: Continuation(TOKENIZER, 1.1), "must lie between 0"),
        (lambda: Continuation(TOKENIZER)(rows("Mia ran."), random.Random(0)), "it has no question mark"),
        (lambda: answer_floor([]), "list of documents is empty"),
        (lambda: answer_floor(["Mia ran."]), "no question mark"),
    ],
)
def test_bad_input(call, message: str) -> None:
    with pytest.raises(CourseError, match=message) as error:
        call()
    assert "\n" not in str(error.value)
