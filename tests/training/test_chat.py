"""Loss on the reply only, and a vocabulary that grows without hurting what is known."""

import random

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from llmcourse.corpus import load
from llmcourse.corpus.chat import chat_ids, chat_tokenizer, prompt_ids
from llmcourse.corpus.instructions import instructions
from llmcourse.errors import CourseError
from llmcourse.model import pretrained
from llmcourse.model.grow import with_vocabulary
from llmcourse.training import Batches, evaluate, train
from llmcourse.training.chat import ReplyOnly, chat_rows, reply_targets, tuning_config, untuned
from llmcourse.training.loss import IGNORE

TOKENIZER = chat_tokenizer()
SOME = instructions(12, seed=2)


def test_a_batch_asks_for_replies_and_nothing_else() -> None:
    batch = ReplyOnly(TOKENIZER)(chat_rows(TOKENIZER, SOME), random.Random(0))
    for one, ids, targets in zip(SOME, batch.ids.tolist(), batch.targets.tolist(), strict=True):
        reply = TOKENIZER.encode(one.reply, eos=True)
        begins = len(prompt_ids(TOKENIZER, one)) - 1  # at <reply>, the first word is due
        assert [target for target in targets if target != IGNORE] == reply
        assert targets[begins : begins + len(reply)] == reply
        assert ids[begins] == TOKENIZER.id_of("<reply>")


@given(st.integers(1, 9), st.integers(1, 9), st.integers(0, 5))
def test_reply_targets_by_hand(prompt: int, reply: int, filling: int) -> None:
    row = [1, *[5] * prompt, 9, *[6] * reply, 2, *[0] * filling]
    ids = torch.tensor([row[:-1]])
    targets = torch.tensor([row[1:]])
    targets[targets == 0] = IGNORE
    expected = [IGNORE] * (prompt + 1) + [6] * reply + [2] + [IGNORE] * filling
    assert reply_targets(ids, targets, 9)[0].tolist() == expected


def test_rows_without_a_reply_are_refused() -> None:
    with pytest.raises(CourseError, match="no <reply>: make rows of instructions"):
        ReplyOnly(TOKENIZER)([TOKENIZER.encode("Mia ran.", bos=True, eos=True)], random.Random(0))


def test_batches_take_rows_of_ids_as_they_are() -> None:
    rows = chat_rows(TOKENIZER, SOME)
    batches = Batches(rows, TOKENIZER, 128, 4, objective=ReplyOnly(TOKENIZER))
    assert batches.documents == rows
    scored = sum(next(batches).scored for _ in range(len(batches)))
    assert scored == sum(len(TOKENIZER.encode(one.reply, eos=True)) for one in SOME)
    with pytest.raises(CourseError, match="the context is 20"):
        Batches(rows, TOKENIZER, 20, 4)


def test_a_grown_model_says_of_the_old_words_what_it_said() -> None:
    model, tokenizer = pretrained("gpt-world")
    grown, chat = untuned()
    text = load("world").validation[0]
    ids = torch.tensor([tokenizer.encode(text, bos=True)])
    assert ids.tolist()[0] == chat.encode(text, bos=True)
    with torch.no_grad():
        old, new = model(ids), grown(ids)
    assert torch.allclose(new[..., : tokenizer.vocab_size], old, atol=1e-5)
    assert grown.config.vocab_size == chat.vocab_size == tokenizer.vocab_size + 6
    fresh = grown.token_embedding.weight[tokenizer.vocab_size :]
    assert len(fresh.unique(dim=0)) == 6
    assert fresh.norm(dim=1).max() < 2 * model.token_embedding.weight.norm(dim=1).max()


def test_growing_is_repeatable_and_moves_no_dice() -> None:
    model, _ = pretrained("gpt-world")
    torch.manual_seed(3)
    one = with_vocabulary(model, 350)
    drawn = torch.rand(1)
    torch.manual_seed(3)
    assert torch.equal(drawn, torch.rand(1))
    two = with_vocabulary(model, 350)
    assert all(torch.equal(a, b) for a, b in zip(one.parameters(), two.parameters(), strict=True))
    with pytest.raises(CourseError, match="the model knows 336 tokens: a vocabulary of 10"):
        with_vocabulary(model, 10)


def test_a_few_steps_teach_the_template() -> None:
    model, tokenizer = untuned()
    rows = chat_rows(tokenizer, instructions(64, seed=1, tasks=["count", "continue"]))
    new = chat_rows(tokenizer, instructions(16, seed=9, tasks=["count", "continue"]))
    ask = ReplyOnly(tokenizer)
    before = evaluate(model, new, tokenizer, objective=ask)
    batches = Batches(rows, tokenizer, 128, 8, objective=ask)
    history = train(model, batches, tuning_config(12), validation=new)
    assert history.validation[-1][1] < 0.7 * before
    assert len(chat_ids(tokenizer, SOME[0], "Mia.")) == len(prompt_ids(tokenizer, SOME[0])) + 3
