"""The tuned model that comes with the course, and how it is made."""

from pathlib import Path

import pytest

from llmcourse.corpus.instructions import TASKS, instructions
from llmcourse.model import load_model, pretrained
from llmcourse.model.checkpoint import load_notes
from llmcourse.training.tune import chat_card, share_right, tune


def test_the_shipped_one_does_what_its_card_says(root: Path) -> None:
    file = root / "data" / "checkpoints" / "chat-world.safetensors"
    model, tokenizer = pretrained("chat-world")
    assert file.stat().st_size <= 4_000_000
    notes = load_notes(file)
    assert file.with_suffix(".md").read_text(encoding="utf-8") == chat_card("chat-world", model, notes)
    right = share_right(model, tokenizer, instructions(48, seed=77))
    assert list(right) == list(TASKS)
    assert min(right.values()) >= min(notes["right"].values()) - 0.17  # two of twelve


def test_a_short_run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    few = lambda n, seed, **_: instructions(min(n, 24), seed)  # noqa: E731
    monkeypatch.setattr("llmcourse.training.tune.instructions", few)
    right = tune(tmp_path / "chat.safetensors", steps=2)
    assert set(right) == set(TASKS)
    model, _ = load_model(tmp_path / "chat.safetensors")
    notes = load_notes(tmp_path / "chat.safetensors")
    assert notes["steps"] == 2
    assert (tmp_path / "chat.md").read_text(encoding="utf-8") == chat_card("chat", model, notes)
