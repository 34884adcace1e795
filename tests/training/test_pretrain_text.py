"""Real text to a checkpoint, on a few lines and with a small model."""

import math
from dataclasses import replace
from pathlib import Path

import pytest

from llmcourse.corpus import CharTokenizer
from llmcourse.corpus.corpora import Corpus
from llmcourse.corpus.tokenizers import BPETokenizer
from llmcourse.errors import CourseError
from llmcourse.model import GPT, ModelConfig, load_model, load_notes
from llmcourse.training import pretrain_text as act
from llmcourse.training.pretrain_text import TEXT_STEPS, nats_per_character, pretrain_text, text_config

TEXT = "A sailor saw a whale. The whale saw a sailor, and sang.\n" * 30
CORPUS = Corpus("lines", "", [TEXT], ["The sailor sang.\n"], ["A whale!\n"], lambda: CharTokenizer.for_texts([TEXT]))


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(act, "load", lambda name: CORPUS)
    monkeypatch.setattr(
        act, "text_config", lambda size: ModelConfig(size, context=16, d_model=16, n_layers=1, n_heads=2)
    )
    monkeypatch.setenv("LLMCOURSE_DEVICE", "cpu")


@pytest.mark.parametrize("tokens", ["characters", "bpe"])
def test_it_writes_a_checkpoint_and_a_card(tmp_path: Path, tokens: str) -> None:
    out = tmp_path / "deeper" / "mine.safetensors"
    loss = pretrain_text(out, "lines", tokens, steps=4)
    assert {file.name for file in out.parent.iterdir()} == {"mine.safetensors", "mine.md"}
    model, tokenizer = load_model(out)
    assert isinstance(tokenizer, CharTokenizer if tokens == "characters" else BPETokenizer)
    assert nats_per_character(model, CORPUS.validation, tokenizer) == loss
    assert (load_notes(out)["steps"], load_notes(out)["unit"]) == (4, tokens)
    card = out.with_suffix(".md").read_text(encoding="utf-8")
    assert f"**{loss:.4f} nats per character**" in card
    assert f"--corpus lines --tokens {tokens}" in card


@pytest.mark.parametrize("tokenizer", [CORPUS.tokenizer(), BPETokenizer.train([TEXT], 300)])
def test_a_model_that_knows_nothing_pays_the_same_for_each_token(tokenizer) -> None:
    model = GPT(ModelConfig(tokenizer.vocab_size, context=8, d_model=8, n_layers=1, n_heads=2))
    for parameter in model.parameters():
        parameter.data.zero_()
    n_tokens = len(tokenizer.encode(TEXT[:50])) + 1
    assert nats_per_character(model, [TEXT[:50]], tokenizer) == pytest.approx(
        n_tokens * math.log(tokenizer.vocab_size) / 50, rel=1e-5
    )


def test_a_stopped_run_goes_on(tmp_path: Path) -> None:
    class Stop:
        def on_step(self, step: int, *of: float) -> None:
            if step == 2:
                raise KeyboardInterrupt

    whole, out = tmp_path / "whole.safetensors", tmp_path / "mine.safetensors"
    expected = pretrain_text(whole, steps=4)
    pretrain_text(out, steps=4, callbacks=[Stop()])
    assert load_notes(out)["steps"] == 2
    assert pretrain_text(out, steps=4, resume=True) == expected
    with pytest.raises(CourseError, match="to resume; leave --resume out"):
        pretrain_text(out, steps=4, resume=True)


def test_unknown_tokens_are_refused(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="tokens='words' is unknown: choose one of characters, bpe"):
        pretrain_text(tmp_path / "mine.safetensors", tokens="words")


def test_it_is_the_well_known_example_in_size() -> None:
    config = text_config(68)
    assert (config.n_layers, config.n_heads, config.d_model, config.context) == (4, 4, 128, 64)
    assert sum(p.numel() for p in GPT(replace(config)).parameters()) < 0.81e6
    assert TEXT_STEPS == 2_000
