"""The models with a head for a task that come with the course, and how they are made."""

from pathlib import Path

import pytest

from llmcourse.analysis.squad_scores import score
from llmcourse.corpus import load
from llmcourse.corpus.sentiment import sentiment_examples, turned
from llmcourse.corpus.story_questions import story_questions
from llmcourse.inference.answers import answer_questions, predictions
from llmcourse.model import SequenceClassifier, load_model, pretrained
from llmcourse.model.checkpoint import load_notes
from llmcourse.model.span_head import SpanReader
from llmcourse.training.finetuning import accuracy_of
from llmcourse.training.tune_task import answers_card, sentiment_card, tune_answers, tune_sentiment


def test_the_shipped_classifier_reads_the_end(root: Path) -> None:
    file = root / "data" / "checkpoints" / "sentiment-world.safetensors"
    model, tokenizer = pretrained("sentiment-world", SequenceClassifier)
    assert file.stat().st_size <= 4_000_000
    assert file.with_suffix(".md").read_text(encoding="utf-8") == sentiment_card(file.stem, model, load_notes(file))
    examples = sentiment_examples(load("world").validation, 100)
    assert accuracy_of(model, examples, tokenizer) >= 0.97
    assert accuracy_of(model, [turned(example) for example in examples], tokenizer) >= 0.9


def test_the_shipped_reader_finds_answers(root: Path) -> None:
    file = root / "data" / "checkpoints" / "answers-world.safetensors"
    model, tokenizer = pretrained("answers-world", SpanReader)
    assert file.stat().st_size <= 4_000_000
    assert file.with_suffix(".md").read_text(encoding="utf-8") == answers_card(file.stem, model, load_notes(file))
    asked = story_questions(load("world").validation[:150], seed=9)
    found = score(asked, predictions(answer_questions(model, tokenizer, asked)))
    assert found.has_answer_exact >= 95
    assert found.no_answer_exact >= 60


def test_short_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(
        "llmcourse.training.tune_task.story_questions", lambda texts, seed: story_questions(texts[:24], seed)
    )
    right = tune_answers(tmp_path / "reader.safetensors", score, steps=2)
    assert set(right) == {"exact", "has_answer", "no_answer"}
    reader, _ = load_model(tmp_path / "reader.safetensors", SpanReader)
    notes = load_notes(tmp_path / "reader.safetensors")
    assert (notes["steps"], notes["labels"]) == (2, 24)
    assert (tmp_path / "reader.md").read_text(encoding="utf-8") == answers_card("reader", reader, notes)

    right = tune_sentiment(tmp_path / "classifier.safetensors", steps=2)
    classifier, _ = load_model(tmp_path / "classifier.safetensors", SequenceClassifier)
    notes = load_notes(tmp_path / "classifier.safetensors")
    assert notes["labels"] == 40
    assert notes["right"] == round(right["right"], 4)
    assert (tmp_path / "classifier.md").read_text(encoding="utf-8") == sentiment_card("classifier", classifier, notes)
