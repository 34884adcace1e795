"""The recipe from stories to a checkpoint, on few stories and with a small model."""

import math
from pathlib import Path
from typing import Any

import pytest

from llmcourse.corpus import World, load
from llmcourse.corpus.corpora import Corpus
from llmcourse.corpus.examples import APPLES
from llmcourse.corpus.world import NotAStory
from llmcourse.errors import CourseError
from llmcourse.model import GPT, ModelConfig, load_model, load_notes
from llmcourse.model.families import FAMILIES
from llmcourse.training import Callback, evaluate, recipes
from llmcourse.training import pretrain as act
from llmcourse.training.accuracy import accuracy
from llmcourse.training.pretrain import LIVE_STEPS, floor, fresh_stories, gpt_config, pretrain, train_config

WORLD = World()
STEPS = 6


def small_config(vocab_size: int) -> ModelConfig:
    return ModelConfig(vocab_size=vocab_size, d_model=16, n_layers=1, n_heads=2, qk_norm=True)


@pytest.fixture(autouse=True)
def small(monkeypatch: pytest.MonkeyPatch) -> Corpus:
    """A corpus of few stories and a small model in the place of the course's own."""
    texts = [story.text for story in WORLD.stories(60, seed=1)]
    corpus = Corpus("world", "", texts[:40], texts[40:50], texts[50:], load("world").make_tokenizer, WORLD)
    monkeypatch.setattr(act, "load", lambda name: corpus)
    monkeypatch.setattr(recipes, "gpt_config", small_config)
    monkeypatch.setenv("LLMCOURSE_DEVICE", "cpu")
    return corpus


class Accident(Callback):
    """Something happens after a step."""

    def __init__(self, step: int, error: type[BaseException]):
        self.step, self.error = step, error

    def on_step(self, step: int, loss: float, lr: float, grad_norm: float) -> None:
        if step == self.step:
            raise self.error


class Seen(Callback):
    def __init__(self) -> None:
        self.steps: list[int] = []

    def on_step(self, step: int, loss: float, lr: float, grad_norm: float) -> None:
        self.steps.append(step)


def made(folder: Path, **settings: Any) -> tuple[Path, float]:
    out = folder / "deeper" / "mine.safetensors"
    return out, pretrain(out, steps=STEPS, fresh=10, **settings)


def test_it_writes_a_checkpoint_that_loads_and_its_card(small: Corpus, tmp_path: Path) -> None:
    out, loss = made(tmp_path, seed=3)
    assert {file.name for file in out.parent.iterdir()} == {"mine.safetensors", "mine.md"}  # nothing else is left

    model, tokenizer = load_model(out)
    assert model.config == small_config(tokenizer.vocab_size)
    assert evaluate(model, small.validation, tokenizer) == loss

    notes, lowest = load_notes(out), floor(small.validation)
    assert notes["steps"] == STEPS
    assert notes["seed"] == 3
    assert notes["fresh_stories"] == 10
    assert notes["tokens"] > STEPS * 16 * 40  # 16 stories a step
    assert notes["validation_loss"] == pytest.approx(loss, abs=1e-4)
    assert notes["floor"] == pytest.approx(lowest, abs=1e-4)

    card = out.with_suffix(".md").read_text(encoding="utf-8")
    assert card.startswith("# Model card: mine\n")
    assert f"{loss:.4f}" in card
    assert f"{lowest:.4f}" in card
    assert f"{sum(p.numel() for p in model.parameters()):,} parameters" in card


@pytest.mark.parametrize("family", ["bert", "encoder_decoder"])
def test_the_other_families(small: Corpus, tmp_path: Path, family: str) -> None:
    out, loss = made(tmp_path, family=family)
    how = recipes.recipe(family)
    model, tokenizer = load_model(out, FAMILIES[family])
    questions = how.judged_by(how.tokenizer())
    assert questions is not None
    assert evaluate(model, small.validation, tokenizer, objective=questions) == loss
    assert tokenizer == how.tokenizer()

    notes = load_notes(out)
    assert notes["floor"] == pytest.approx(how.floor(small.validation, how.tokenizer()), abs=1e-4)
    assert notes["right_tokens"] == pytest.approx(
        accuracy(model, small.validation, tokenizer, questions)["tokens"], abs=1e-4
    )
    assert loss > notes["floor"]

    card = out.with_suffix(".md").read_text(encoding="utf-8")
    assert f"llmcourse pretrain --family {family}" in card
    assert f"| on the validation stories | {how.unit} |" in card
    assert f"{loss:.4f}" in card
    assert f"{sum(p.numel() for p in model.parameters()):,} parameters" in card


def test_an_unknown_family_is_refused(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="family='rnn' is unknown: choose one of gpt, bert, encoder_decoder"):
        pretrain(tmp_path / "mine.safetensors", family="rnn")
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize("error", [KeyboardInterrupt, MemoryError])  # the stop button, and what nobody foresaw
def test_a_resumed_run_ends_as_if_it_had_never_stopped(tmp_path: Path, error: type[BaseException]) -> None:
    expected, expected_loss = made(tmp_path / "whole")

    out, kept = tmp_path / "mine.safetensors", tmp_path / "mine.run.safetensors"
    try:
        pretrain(out, steps=STEPS, fresh=10, callbacks=[Accident(2, error)])
    except MemoryError:
        assert not out.exists()
    else:
        assert load_notes(out)["steps"] == 2  # the model trained so far
    assert kept.exists()

    seen = Seen()
    loss = pretrain(out, steps=STEPS, fresh=10, resume=True, callbacks=[seen])
    assert seen.steps == [3, 4, 5, 6]
    assert loss == expected_loss
    assert out.read_bytes() == expected.read_bytes()
    assert not kept.exists()


def test_there_must_be_something_to_resume(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match=r"there is no .*mine\.run\.safetensors to resume; leave --resume out") as no:
        pretrain(tmp_path / "mine.safetensors", steps=STEPS, fresh=10, resume=True)
    assert "\n" not in str(no.value)
    assert not list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("changed", "message"),
    [({"steps": 7}, "saved with steps=6"), ({"fresh": 11}, "same documents"), ({"seed": 1}, "seed=0")],
)
def test_a_run_with_other_settings_is_not_resumed(tmp_path: Path, changed: dict[str, int], message: str) -> None:
    out = tmp_path / "mine.safetensors"
    settings: dict[str, Any] = {"steps": STEPS, "fresh": 10, "seed": 0}
    pretrain(out, callbacks=[Accident(2, KeyboardInterrupt)], **settings)
    before = (tmp_path / "mine.run.safetensors").read_bytes()
    with pytest.raises(CourseError, match=message):
        pretrain(out, resume=True, **{**settings, **changed})
    assert (tmp_path / "mine.run.safetensors").read_bytes() == before


def test_the_recipe_keeps_its_promises() -> None:
    assert sum(p.numel() for p in GPT(gpt_config(len(WORLD.vocabulary) + 3)).parameters()) <= 1_000_000
    assert (train_config().steps, train_config().seconds) == (LIVE_STEPS, None)
    assert (train_config(seconds=5.0).steps, train_config(seconds=5.0).seconds) == (None, 5.0)


def test_fresh_stories_are_new_and_always_the_same() -> None:
    stories = fresh_stories(12)
    assert len(set(stories)) == 12
    assert all(WORLD.is_story(text) for text in stories)
    assert fresh_stories(12, seed=2) != stories
    assert fresh_stories(9, avoid=[stories[0], stories[4], stories[7]]) == [
        text for text in stories if text not in (stories[0], stories[4], stories[7])
    ]


def test_the_floor_is_the_worlds_own_loss() -> None:
    stories = WORLD.stories(8, seed=2)
    nats = -math.fsum(story.log_prob for story in stories)
    tokens = sum(len(story.tokens) + 1 for story in stories)  # each <eos> is certain, and is counted
    assert floor([story.text for story in stories]) == pytest.approx(nats / tokens)

    skewed = World(skew=-1.0)  # where a pilot is a woman; in the course's world that is one choice in two
    one_choice = math.log(2) / (len(WORLD.read(APPLES).tokens) + 1)
    assert floor([APPLES], skewed) == pytest.approx(floor([APPLES]) - one_choice)
    with pytest.raises(NotAStory):
        floor(["Zebra."])
