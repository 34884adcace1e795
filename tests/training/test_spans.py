"""Fine-tuning a span head with the loop that pretrains."""

import pytest
import torch

from llmcourse.corpus import WordTokenizer
from llmcourse.corpus.squad import SpanQuestion
from llmcourse.errors import CourseError
from llmcourse.inference.answers import answer_questions, predictions
from llmcourse.model import BERT, ModelConfig
from llmcourse.training.labelled import collate_labelled
from llmcourse.training.spans import finetune_spans, span_config, span_reader, span_rows

TEXTS = [f"{a} lost a ring . {b} found it ." for a in ("Mia", "Tom", "Zoe") for b in ("Ben", "Leo")]
QUESTIONS = [
    SpanQuestion(f"{number} {verb}", f"Who {verb} ?", text, (words[place],), (text.index(words[place]),))
    for number, text in enumerate(TEXTS)
    for words in [text.split()]
    for verb, place in (("lost", 0), ("found", 5))
] + [SpanQuestion(f"{number} sold", "Who sold ?", text) for number, text in enumerate(TEXTS)]
TOKENIZER = WordTokenizer.for_texts([*TEXTS, *(question.question for question in QUESTIONS)])


@pytest.fixture
def bert():
    return BERT(ModelConfig(vocab_size=TOKENIZER.vocab_size, context=20, d_model=32, n_layers=2, n_heads=2)).initialize(
        0
    )


def test_rows():
    rows = span_rows(QUESTIONS, TOKENIZER)
    batch = collate_labelled(rows[:3] + rows[-1:])
    assert batch.targets.tolist() == [[1, 1], [6, 6], [1, 1], [0, 0]]
    assert batch.segments[0].tolist() == [0] + [1] * 9 + [0] * 4
    assert TOKENIZER.tokens([batch.ids[1, 6].item()]) == ["Ben"]


def test_a_small_reader_learns_to_point_and_to_say_nothing(bert):
    reader = span_reader(bert)
    history = finetune_spans(reader, QUESTIONS, TOKENIZER, span_config(steps=60))
    assert history.losses[0] > 1 > 0.1 > history.losses[-1]
    said = predictions(answer_questions(reader, TOKENIZER, QUESTIONS))
    assert said == {question.id: "".join(question.answers) for question in QUESTIONS}


def test_a_reader_that_points_from_a_gap():
    tokenizer = WordTokenizer.for_texts([*TEXTS, *(question.question for question in QUESTIONS)], special=("<mask>",))
    settings = ModelConfig(vocab_size=tokenizer.vocab_size, context=20, d_model=32, n_layers=2, n_heads=2)
    reader = span_reader(BERT(settings).initialize(0), gap_id=tokenizer.id_of("<mask>"))
    finetune_spans(reader, QUESTIONS, tokenizer, span_config(steps=60))
    said = predictions(answer_questions(reader, tokenizer, QUESTIONS))
    assert said == {question.id: "".join(question.answers) for question in QUESTIONS}


def test_a_reader_without_pretraining(bert):
    one, other = span_reader(bert, seed=1), span_reader(bert)
    same = torch.equal(one.backbone.token_embedding.weight, other.backbone.token_embedding.weight)
    assert not same
    assert torch.equal(other.backbone.token_embedding.weight, bert.token_embedding.weight)


def test_no_questions():
    with pytest.raises(CourseError, match="nothing to train on"):
        span_rows([], TOKENIZER)
