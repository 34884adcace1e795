"""Replies to instructions, side by side, are the replies that each would get alone."""

import torch
from hypothesis import given
from hypothesis import strategies as st

from llmcourse.corpus.chat import chat_tokenizer, prompt_ids
from llmcourse.corpus.instructions import instructions
from llmcourse.inference import generate
from llmcourse.inference.chat import alike, replies
from llmcourse.model import GPT, ModelConfig, pretrained


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
