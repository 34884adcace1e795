"""Replies to prompts of different lengths, side by side, are the replies that each would get alone."""

from collections.abc import Callable

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from llmcourse.corpus.chat import chat_tokenizer, prompt_ids
from llmcourse.corpus.instructions import instructions
from llmcourse.errors import CourseError
from llmcourse.inference import generate
from llmcourse.inference.chat import alike, replies, reply_ids
from llmcourse.inference.sampling import sampler
from llmcourse.model import GPT, ModelConfig, pretrained

PROMPTS = [[1, 5, 9], [1, 7, 8, 9, 10, 11], [1], [1, 3, 3, 4]]


@pytest.mark.parametrize("positions", ["rotary", "alibi"])
def test_each_reply_is_the_one_it_gets_alone(make_model: Callable[..., GPT], positions: str) -> None:
    model = make_model(positions=positions)
    together = reply_ids(model, PROMPTS, stop_id=2, max_new_tokens=8)
    for prompt, reply in zip(PROMPTS, together, strict=True):
        alone = generate(model, torch.tensor([prompt]), max_new_tokens=8, stop_id=2)[0, len(prompt) :].tolist()
        assert reply == alone


def test_a_reply_ends_with_its_stop_and_within_the_context(make_model: Callable[..., GPT]) -> None:
    model = make_model()
    stop = reply_ids(model, PROMPTS[:1], stop_id=-1, max_new_tokens=1)[0][0]
    assert reply_ids(model, PROMPTS[:1], stop_id=stop) == [[stop]]
    assert [len(row) for row in reply_ids(model, PROMPTS, stop_id=-1)] == [10] * 4  # a context of 16, a prompt of 6
    assert reply_ids(model, PROMPTS, stop_id=2, max_new_tokens=0) == [[]] * 4
    assert reply_ids(model, [], stop_id=2) == []


def test_a_seed_gives_the_same_replies(make_model: Callable[..., GPT]) -> None:
    model = make_model()
    drawn = [
        reply_ids(model, PROMPTS, 2, choose=sampler(1.0), generator=torch.Generator().manual_seed(seed))
        for seed in (1, 1, 2)
    ]
    assert drawn[0] == drawn[1] != drawn[2]


def test_what_cannot_be_continued(make_model: Callable[..., GPT]) -> None:
    with pytest.raises(CourseError, match="relative positions, not 'learned'"):
        reply_ids(make_model(positions="learned"), PROMPTS, stop_id=2)
    with pytest.raises(CourseError, match="empty"):
        reply_ids(make_model(), [[1], []], stop_id=2)
    with pytest.raises(CourseError, match="17 tokens"):
        reply_ids(make_model(), [[1] * 17], stop_id=2)


def test_replies_come_in_the_order_of_the_questions() -> None:
    tokenizer = chat_tokenizer()
    model = GPT(ModelConfig(tokenizer.vocab_size, context=128, d_model=16, n_layers=1, n_heads=2)).initialize(1)
    asked = instructions(7, seed=1)
    together = replies(model, tokenizer, asked, max_new_tokens=5, batch_size=3)
    for one, reply in zip(asked, together, strict=True):
        ids = torch.tensor([prompt_ids(tokenizer, one)])
        new = generate(model, ids, 5, stop_id=tokenizer.eos_id)[0, ids.shape[1] :]
        assert reply == tokenizer.decode(new.tolist())
    drawn = replies(model, tokenizer, asked, temperature=1, seed=4, max_new_tokens=5)
    assert drawn == replies(model, tokenizer, asked, temperature=1, seed=4, max_new_tokens=5)


@given(st.lists(st.integers(1, 100), max_size=30), st.integers(1, 9))
def test_no_prompt_costs_another_its_room(lengths: list[int], most: int) -> None:
    batches = alike(lengths, 64, most)
    assert sorted(at for batch in batches for at in batch) == list(range(len(lengths)))
    for batch in batches:
        widest, shortest = max(lengths[at] for at in batch), min(lengths[at] for at in batch)
        assert len(batch) <= most
        assert widest <= 64 or widest - shortest < 8


def test_a_long_prompt_beside_a_short_one_cuts_no_reply() -> None:
    model, tokenizer = pretrained("chat-world")
    asked = instructions(24, seed=15)
    together = replies(model, tokenizer, asked)
    assert together == [replies(model, tokenizer, [one])[0] for one in asked]
