"""Rows of one length: where padding goes, what is left out, and what it costs."""

import random

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from llmcourse.corpus import load
from llmcourse.errors import CourseError
from llmcourse.inference.inputs import batches_within, by_length, fit_question, pad_batch, padding_share
from llmcourse.model import BERT, ModelConfig

rows = st.lists(st.lists(st.integers(0, 9), min_size=1, max_size=6), min_size=1, max_size=5)


@given(rows, st.sampled_from(["right", "left"]))
def test_what_is_text_comes_back_and_the_rest_is_padding(texts, side):
    batch = pad_batch(texts, pad_id=7, side=side)
    assert [ids[keep].tolist() for ids, keep in zip(batch.ids, batch.is_text, strict=True)] == texts
    assert (batch.ids[~batch.is_text] == 7).all()
    edge = batch.is_text[:, 0 if side == "right" else -1]
    assert edge.all() and batch.ids.shape[1] == max(map(len, texts))
    assert batch.mask.shape == (len(texts), 1, batch.ids.shape[1])


@given(rows)
def test_it_agrees_with_pytorch(texts):
    ours = pad_batch(texts, pad_id=3)
    theirs = torch.nn.utils.rnn.pad_sequence([torch.tensor(row) for row in texts], True, padding_value=3)
    assert torch.equal(ours.ids, theirs)


def test_with_the_mask_a_bert_does_not_notice_the_padding():
    model = BERT(ModelConfig(vocab_size=10, context=16, d_model=16, n_layers=2, n_heads=4)).initialize(0).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(torch.randn_like(parameter) * 0.2)
        texts = [[1, 5, 6, 2], [1, 4, 5, 6, 7, 8, 3, 2]]
        alone = model(torch.tensor(texts[:1]))[0]
        batch = pad_batch(texts)
        assert torch.allclose(model(batch.ids, batch.mask)[0, :4], alone, atol=1e-5)
        assert not torch.allclose(model(batch.ids)[0, :4], alone, atol=1e-2)


@pytest.mark.parametrize(
    ("texts", "side", "match"), [([], "right", "needs a row"), ([[1], []], "left", "a token"), ([[1]], "top", "'top'")]
)
def test_no_batch(texts, side, match):
    with pytest.raises(CourseError, match=match):
        pad_batch(texts, side=side)


@given(st.lists(st.integers(), max_size=12), st.lists(st.integers(), min_size=1, max_size=5), st.integers(6, 14))
def test_the_question_stays_whole(context, question, size):
    for keep in ("beginning", "end"):
        ids = fit_question(context, question, size, keep)
        kept = ids[: -len(question)]
        assert ids[-len(question) :] == question and len(ids) == min(size, len(context) + len(question))
        assert kept == (context[: len(kept)] if keep == "beginning" else context[len(context) - len(kept) :])


def test_a_question_that_fills_everything():
    assert fit_question([], [1, 2], 2) == [1, 2]
    with pytest.raises(CourseError, match="2 tokens, and 2 are allowed"):
        fit_question([5], [1, 2], 2)
    with pytest.raises(CourseError, match="keep='middle'"):
        fit_question([5], [1, 2], 9, "middle")


@given(st.lists(st.integers(1, 30), min_size=1, max_size=40), st.integers(1, 8))
def test_by_length_every_row_comes_once_and_nothing_wastes_less(lengths, size):
    batches = by_length(lengths, size)
    assert sorted(number for batch in batches for number in batch) == list(range(len(lengths)))
    assert all(len(batch) == size for batch in batches[:-1])
    order = random.Random(0).sample(range(len(lengths)), len(lengths))
    as_they_come = [order[start : start + size] for start in range(0, len(order), size)]
    if len(lengths) % size == 0:
        assert padding_share(lengths, batches) <= padding_share(lengths, as_they_come) + 1e-9


@given(st.lists(st.integers(1, 30), max_size=40), st.integers(30, 200))
def test_no_batch_has_more_places_than_allowed(lengths, most):
    batches = batches_within(lengths, most)
    assert sorted(number for batch in batches for number in batch) == list(range(len(lengths)))
    assert all(len(batch) * max(lengths[number] for number in batch) <= most for batch in batches)


def test_a_row_that_is_no_batch():
    with pytest.raises(CourseError, match="row 1 has 9 tokens, and a batch at most 8 places"):
        batches_within([3, 9], 8)


def test_padding_is_counted():
    assert padding_share([2, 4], [[0, 1]]) == 0.25
    assert padding_share([2, 4], [[0], [1]]) == 0
    for broken in (lambda: padding_share([], []), lambda: by_length([1], 0)):
        with pytest.raises(CourseError):
            broken()


@pytest.mark.parametrize("side", ["right", "left"])
def test_padding_and_truncation_agree_with_the_tokenizers_library(side):
    from tokenizers import Tokenizer as Library

    ours = load("world").tokenizer()
    theirs = Library.from_str(ours.to_json())
    theirs.enable_padding(pad_id=ours.pad_id, pad_token="<pad>", direction=side)
    texts = ["Mia sang.", "Tom lost his golden ring.", "She was sad and looked for it everywhere."]
    batch = pad_batch([ours.encode(text) for text in texts], ours.pad_id, side)
    library = theirs.encode_batch(texts)
    assert batch.ids.tolist() == [each.ids for each in library]
    assert batch.is_text.int().tolist() == [each.attention_mask for each in library]

    theirs.no_padding()
    theirs.enable_truncation(9, strategy="only_first", direction=side)  # the side from which tokens go
    cut = fit_question(ours.encode(texts[2]), ours.encode("Who sang?"), 9, "beginning" if side == "right" else "end")
    assert cut == theirs.encode(texts[2], "Who sang?").ids
