"""Losses by part of a story."""

import pytest

from llmcourse.analysis.forgetting import PARTS, loss_by_part, parts_of
from llmcourse.corpus import load
from llmcourse.corpus.examples import RING, STORIES
from llmcourse.corpus.world import World
from llmcourse.model import pretrained
from llmcourse.training import evaluate


def test_parts_of_the_ring() -> None:
    tokens = World().read(RING).tokens
    parts = parts_of(tokens)
    words = {part: [t for t, p in zip(tokens, parts, strict=True) if p == part] for part in PARTS}
    assert " ".join(words["opening"]).endswith("walked to the river .")
    assert words["question"] == ["Who", "lost", "the", "ring", "?"]
    assert words["answer"] == ["Mia", "."]
    assert len(parts) == sum(map(len, words.values()))
    assert all(set(parts_of(World().read(text).tokens)) == set(PARTS) for text in STORIES.values())


def test_the_parts_add_up() -> None:
    model, tokenizer = pretrained("gpt-world")
    (story,) = load("world").validation[:1]
    by_part = loss_by_part(model, tokenizer, [story])
    parts = parts_of(World().read(story).tokens)
    total = sum(by_part[part] for part in parts)
    whole = evaluate(model, [story], tokenizer) * (len(parts) + 1)
    assert total == pytest.approx(whole, abs=0.05)  # but for <eos>, which costs next to nothing
