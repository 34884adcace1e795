"""Prompts of different lengths, continued side by side, go on as each would alone."""

from collections.abc import Callable

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from llmcourse.errors import CourseError
from llmcourse.inference import generate
from llmcourse.inference.batched import fill_front, generate_batch
from llmcourse.inference.sampling import sampler
from llmcourse.model import GPT

PROMPTS = [[1, 5, 9], [1, 7, 8, 9, 10, 11], [1], [1, 3, 3, 4]]


@pytest.mark.parametrize("positions", ["rotary", "alibi"])
def test_each_reply_is_the_one_it_gets_alone(make_model: Callable[..., GPT], positions: str) -> None:
    model = make_model(positions=positions)
    together = generate_batch(model, PROMPTS, stop_id=2, max_new_tokens=8)
    for prompt, reply in zip(PROMPTS, together, strict=True):
        alone = generate(model, torch.tensor([prompt]), max_new_tokens=8, stop_id=2)[0, len(prompt) :].tolist()
        assert reply == alone


def test_a_reply_ends_with_its_stop_and_within_the_context(make_model: Callable[..., GPT]) -> None:
    model = make_model()
    stop = generate_batch(model, PROMPTS[:1], stop_id=-1, max_new_tokens=1)[0][0]
    assert generate_batch(model, PROMPTS[:1], stop_id=stop) == [[stop]]
    assert [len(row) for row in generate_batch(model, PROMPTS, stop_id=-1)] == [10] * 4  # 6 of 16 places are taken
    assert generate_batch(model, PROMPTS, stop_id=2, max_new_tokens=0) == [[]] * 4
    assert generate_batch(model, [], stop_id=2) == []


def test_a_seed_gives_the_same_replies(make_model: Callable[..., GPT]) -> None:
    model = make_model()
    drawn = [
        generate_batch(model, PROMPTS, 2, choose=sampler(1.0), generator=torch.Generator().manual_seed(seed))
        for seed in (1, 1, 2)
    ]
    assert drawn[0] == drawn[1] != drawn[2]


def test_what_cannot_be_continued(make_model: Callable[..., GPT]) -> None:
    with pytest.raises(CourseError, match="relative positions, not 'learned'"):
        generate_batch(make_model(positions="learned"), PROMPTS, stop_id=2)
    with pytest.raises(CourseError, match="empty"):
        generate_batch(make_model(), [[1], []], stop_id=2)
    with pytest.raises(CourseError, match="17 tokens"):
        generate_batch(make_model(), [[1] * 17], stop_id=2)


ragged = st.lists(st.lists(st.integers(0, 22), min_size=1, max_size=12), min_size=1, max_size=5)


@settings(max_examples=25)
@given(prompts=ragged)
def test_any_prompts_go_on_as_they_would_alone(make_model: Callable[..., GPT], prompts: list[list[int]]) -> None:
    model = make_model()
    together = generate_batch(model, prompts, stop_id=-1, max_new_tokens=4)
    for prompt, new in zip(prompts, together, strict=True):
        assert [*prompt, *new] == generate(model, torch.tensor([prompt]), max_new_tokens=4)[0].tolist()


@given(prompts=ragged, pad_id=st.integers(0, 22))
def test_filling_and_taking_out_what_is_text(prompts: list[list[int]], pad_id: int) -> None:
    ids, is_text = fill_front(prompts, pad_id)
    assert [row[mask].tolist() for row, mask in zip(ids, is_text, strict=True)] == prompts
    assert is_text[:, -1].all()
    assert (ids[~is_text] == pad_id).all()


def test_no_prompts_to_fill_up() -> None:
    with pytest.raises(CourseError, match="no prompts"):
        fill_front([])


def test_a_prompt_that_fills_the_context_gets_nothing_and_leaves_nothing(make_model: Callable[..., GPT]) -> None:
    assert generate_batch(make_model(), [[1] * 16, [1, 2]], stop_id=2) == [[], []]
