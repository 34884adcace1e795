"""Attention between question and answer, against a model that looks everywhere alike."""

from dataclasses import replace

import pytest
import torch

from llmcourse.analysis.answer_attention import answer_attention, gap_place, question_places, window_weights
from llmcourse.corpus import WordTokenizer
from llmcourse.corpus.squad import SpanQuestion
from llmcourse.corpus.windows import windows
from llmcourse.errors import CourseError
from llmcourse.model import BERT, ModelConfig
from llmcourse.training.spans import span_reader

QUESTION = SpanQuestion("1", "Who found it?", "Mia lost a ring. Tom found the ring.", ("the ring",), (27,))
TOKENIZER = WordTokenizer.for_texts([QUESTION.question, QUESTION.context])
(WINDOW,) = windows(QUESTION, TOKENIZER)


@pytest.fixture
def reader():
    return span_reader(BERT(ModelConfig(vocab_size=TOKENIZER.vocab_size, d_model=16, n_layers=2, n_heads=2)))


def test_the_question_stands_behind_the_text():
    assert TOKENIZER.tokens(WINDOW.ids[question_places(WINDOW)]) == ["Who", "found", "it", "?"]


def test_a_model_that_looks_everywhere_alike(reader):
    for block in reader.backbone.blocks:
        block.attention.w_q.weight.data.zero_()
    found = answer_attention(reader, [WINDOW])
    assert found.to_answer.shape == (2, 2)
    torch.testing.assert_close(found.to_answer, torch.full((2, 2), found.uniform_to_answer))
    torch.testing.assert_close(found.to_question, torch.full((2, 2), found.uniform_to_question))
    assert found.uniform_to_answer == pytest.approx(2 / len(WINDOW.ids))
    assert found.uniform_to_question == pytest.approx(4 / len(WINDOW.ids))


def test_by_hand(reader):
    weights = window_weights(reader, WINDOW)
    first, last = WINDOW.target
    found = answer_attention(reader, [WINDOW])
    asked = range(len(WINDOW.ids) - 5, len(WINDOW.ids) - 1)
    by_hand = sum(weights[1, 0, query, first : last + 1].sum() for query in asked) / 4
    torch.testing.assert_close(found.to_answer[1, 0], by_hand)


def test_from_the_gap_alone(reader):
    tokenizer = WordTokenizer.for_texts([QUESTION.question, QUESTION.context], special=("<mask>",))
    (window,) = windows(QUESTION, tokenizer, gap=True)
    assert tokenizer.tokens(window.ids[gap_place(window)]) == ["<mask>"]
    pointer = span_reader(BERT(replace(reader.config, vocab_size=tokenizer.vocab_size, n_segments=0)))
    first, last = window.target
    weights = window_weights(pointer, window)
    found = answer_attention(pointer, [window], gap_place)
    torch.testing.assert_close(found.to_answer, weights[:, :, len(window.ids) - 2, first : last + 1].sum(-1))


def test_no_answers(reader):
    without = windows(SpanQuestion("2", "Who found it?", QUESTION.context), TOKENIZER)
    with pytest.raises(CourseError, match="no window holds its answer"):
        answer_attention(reader, without)
