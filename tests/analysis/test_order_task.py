"""The task has the answers that it says it has, and a bag of words gets exactly as far as it should."""

from collections import Counter

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from llmcourse.analysis.order_task import (
    NAMES,
    accuracy,
    beyond,
    last_named,
    learn,
    most_frequent_name,
    three_back,
)
from llmcourse.errors import CourseError
from llmcourse.training.loss import IGNORE


@settings(max_examples=25)
@given(length=st.integers(1, 40), seed=st.integers(0, 1000))
def test_the_answer_is_the_last_name(length: int, seed: int) -> None:
    ids, answers = last_named(3, length, seed)
    for row, answer in zip(ids.tolist(), answers.tolist(), strict=True):
        last = IGNORE
        for token, right in zip(row, answer, strict=True):
            last = token if token < NAMES else last
            assert right == (IGNORE if token < NAMES else last)


@settings(max_examples=25)
@given(length=st.integers(1, 12), seed=st.integers(0, 1000))
def test_three_back_is_three_back(length: int, seed: int) -> None:
    ids, answers = three_back(2, length, seed)
    assert answers.tolist() == [[*[IGNORE] * 3, *row][:length] for row in ids.tolist()]


def test_the_most_frequent_name_is_counted_from_the_beginning() -> None:
    ids, _ = last_named(4, 30, seed=3)
    said = most_frequent_name(ids)
    for row, answers in zip(ids.tolist(), said.tolist(), strict=True):
        for end, answer in enumerate(answers, start=1):
            seen = Counter(token for token in row[:end] if token < NAMES)
            assert seen[answer] == max(seen.values(), default=0)


def test_the_same_seed_gives_the_same_rows() -> None:
    assert torch.equal(last_named(3, 9, 1)[0], last_named(3, 9, 1)[0])
    assert not torch.equal(last_named(3, 9, 1)[0], last_named(3, 9, 2)[0])


def test_accuracy_of_known_answers() -> None:
    always_right = accuracy(lambda ids: last_name_by_looking(ids), length=20)
    assert (always_right[1:] == 1).all()
    assert beyond(always_right, 5) == beyond(always_right, 0, 3) == 1
    guess = accuracy(lambda ids: torch.zeros_like(ids), length=200, n_rows=300)
    assert beyond(guess, 0) == pytest.approx(1 / NAMES, abs=0.03)
    assert accuracy(most_frequent_name, three_back, length=5)[:3].isnan().all()  # nothing is asked there


def last_name_by_looking(ids: torch.Tensor) -> torch.Tensor:
    place = torch.where(ids < NAMES, torch.arange(ids.shape[1]), -1).cummax(dim=1).values.clamp(min=0)
    return ids.gather(1, place)


def test_counting_falls_behind_as_rows_get_longer() -> None:
    counted = accuracy(most_frequent_name, n_rows=300)
    assert 0.45 < beyond(counted, 0, 32) < 0.65
    assert 1 / NAMES < beyond(counted, 128) < 0.3


def test_alibi_reads_on_and_learned_positions_do_not() -> None:
    alibi, learned = accuracy(learn("alibi", steps=100), n_rows=64), accuracy(learn("learned", steps=100), n_rows=64)
    assert beyond(alibi, 0, 32) > 0.8
    assert beyond(learned, 0, 32) > 0.8
    assert beyond(alibi, 128) > 0.8
    assert beyond(learned, 128) < 0.35


def test_a_mask_is_used() -> None:
    model = learn("rotary", steps=1)
    here = torch.arange(256)
    only_itself = here[:, None] == here
    assert not torch.equal(accuracy(model, n_rows=40), accuracy(model, n_rows=40, mask=only_itself))


@pytest.mark.parametrize("task", [last_named, three_back])
@pytest.mark.parametrize(("n_rows", "length"), [(0, 5), (5, 0), (-1, 5)])
def test_nothing_to_ask(task: object, n_rows: int, length: int) -> None:
    with pytest.raises(CourseError, match=rf"{n_rows} rows of length {length} hold nothing"):
        task(n_rows, length, 0)  # type: ignore[operator]
