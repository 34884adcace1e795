import json
import os
import random
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from safetensors import safe_open
from safetensors.torch import save_file

from llmcourse.corpus import CharTokenizer, WordTokenizer
from llmcourse.model import (
    BERT,
    GPT,
    CheckpointError,
    ModelConfig,
    SequenceClassifier,
    load_model,
    load_notes,
    pretrained,
    save_model,
)
from llmcourse.model.checkpoint import SHIPPED, digest, read_checkpoint
from llmcourse.model.families import FAMILIES
from llmcourse.model.span_head import SpanReader, with_segments
from llmcourse.training.model_card import model_card
from model.strategies import settings_of_models

TOKENIZER = WordTokenizer([chr(letter) for letter in range(ord("a"), ord("a") + 20)])  # 23 with the special ones
IDS = torch.tensor([[1, 5, 9, 20]])


@pytest.fixture
def saved(make_model: Callable[..., GPT], tmp_path: Path) -> Path:
    path = tmp_path / "model.safetensors"
    save_model(path, make_model(), TOKENIZER, loss=0.25)
    return path


def the_error(path: Path) -> str:
    with pytest.raises(CheckpointError) as error:
        load_model(path)
    message = str(error.value)
    assert "\n" not in message
    assert str(path) in message
    return message


@settings(max_examples=25)
@given(chosen=settings_of_models())
def test_there_and_back(
    make_model: Callable[..., GPT], tmp_path_factory: pytest.TempPathFactory, chosen: dict[str, Any]
) -> None:
    path = tmp_path_factory.getbasetemp() / "there_and_back.safetensors"
    model = make_model(**chosen)
    save_model(path, model, TOKENIZER)
    loaded, tokenizer = load_model(path)
    assert loaded.config == model.config
    assert torch.equal(loaded(IDS), model(IDS))
    assert not loaded.training
    assert tokenizer == TOKENIZER
    assert (loaded.unembedding.weight is loaded.token_embedding.weight) == chosen["tie_embeddings"]


def test_any_tokenizer_and_text(make_model: Callable[..., GPT], tmp_path: Path) -> None:
    tokenizer = CharTokenizer.for_texts(['é\n☃\u2028"\\😀 abc'])
    save_model(tmp_path / "m", make_model(vocab_size=tokenizer.vocab_size), tokenizer)
    assert load_model(str(tmp_path / "m"))[1] == tokenizer


def test_half_precision_comes_back_as_the_same_numbers(make_model: Callable[..., GPT], tmp_path: Path) -> None:
    model = make_model().bfloat16()
    save_model(tmp_path / "m", model, TOKENIZER)
    assert torch.equal(load_model(tmp_path / "m")[0].unembedding.weight, model.unembedding.weight.float())


def test_the_same_model_gives_the_same_bytes(make_model: Callable[..., GPT], tmp_path: Path) -> None:
    for name in ("a", "b"):
        save_model(tmp_path / name, make_model(), TOKENIZER, loss=0.25, steps=3)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_notes(make_model: Callable[..., GPT], tmp_path: Path) -> None:
    notes = {"loss": 0.1 + 0.2, "history": [(1, 2.5)], "by step": {10: "a", 9: "b"}, "text": "naïve", "none": None}
    save_model(tmp_path / "m", make_model(), TOKENIZER, **notes)
    assert load_notes(tmp_path / "m") == json.loads(json.dumps(notes))
    with pytest.raises(CheckpointError, match="must be numbers, texts, lists or dicts"):
        save_model(tmp_path / "n", make_model(), TOKENIZER, loss=torch.tensor(0.3))
    assert not (tmp_path / "n").exists()


def test_loading_leaves_the_dice_alone(saved: Path) -> None:
    state = torch.get_rng_state()
    load_model(saved)
    assert torch.equal(torch.get_rng_state(), state)


def test_missing(tmp_path: Path) -> None:
    assert "there is no checkpoint" in the_error(tmp_path / "nothing.safetensors")
    assert "there is no checkpoint" in the_error(tmp_path)


@pytest.mark.parametrize("kept", [0, 1, 7, 8, 200, 0.5, 0.999, -1])
def test_truncated(saved: Path, kept: float) -> None:
    content = saved.read_bytes()
    end = int(len(content) * kept) if isinstance(kept, float) else kept
    saved.write_bytes(content[:end])
    assert "is damaged, or no safetensors file" in the_error(saved)


NOISE = random.Random(0).randbytes(5000)


@pytest.mark.parametrize("content", [b"text", NOISE, b"\x80\x04.", b"{}" * 100, b"\xff" * 64], ids=range(5))
def test_random_bytes(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "noise.safetensors"
    path.write_bytes(content)
    assert "is damaged, or no safetensors file" in the_error(path)


def test_one_flipped_bit_anywhere(saved: Path) -> None:
    """Not one of the places in the file can change unnoticed: header, config, tokenizer, numbers."""
    content = bytearray(saved.read_bytes())
    for at in [*range(8), *range(8, len(content), 997), len(content) - 1]:
        damaged = bytearray(content)
        damaged[at] ^= 4
        saved.write_bytes(damaged)
        assert "is damaged" in the_error(saved)


def test_weights_of_another_program(tmp_path: Path) -> None:
    path = tmp_path / "foreign.safetensors"
    save_file({"lm_head.weight": torch.zeros(3, 3)}, path, metadata={"format": "pt"})
    assert "was not written by llmcourse" in the_error(path)
    save_file({"lm_head.weight": torch.zeros(3, 3)}, path)
    assert "was not written by llmcourse" in the_error(path)


def rewrite(path: Path, tensors: dict[str, torch.Tensor] | None = None, **changes: Any) -> None:
    """The checkpoint with other contents and a digest that fits them, as another version would have written it."""
    with safe_open(path, framework="pt") as file:
        about = json.loads(file.metadata()["llmcourse"])
    tensors = read_checkpoint(path).tensors if tensors is None else tensors
    del about["digest"]
    about.update(changes)
    about["digest"] = digest(about, tensors)
    save_file(tensors, path, metadata={"llmcourse": json.dumps(about)})


def test_a_newer_version(saved: Path) -> None:
    rewrite(saved, version=2)
    assert "has format version 2, this llmcourse knows versions up to 1: update llmcourse" in the_error(saved)


@pytest.mark.parametrize("version", ["one", None, []])
def test_a_version_that_is_none(saved: Path, version: object) -> None:
    rewrite(saved, version=version)
    assert "is damaged" in the_error(saved)


@pytest.mark.parametrize("metadata", ["", "[]", "3", "{}", '{"version": 1}', '{"version": 1, "digest": ""}'])
def test_metadata_that_is_none(tmp_path: Path, metadata: str) -> None:
    path = tmp_path / "m.safetensors"
    save_file({"x": torch.zeros(1)}, path, metadata={"llmcourse": metadata})
    assert "is damaged" in the_error(path)


def test_a_config_that_is_none(saved: Path) -> None:
    config = read_checkpoint(saved).config
    rewrite(saved, config={**config, "experts": 8})
    message = the_error(saved)
    assert "holds a model that this version of llmcourse cannot make: unknown setting 'experts'" in message
    rewrite(saved, config={**config, "n_heads": 3})
    assert "d_model=16 must be a multiple of n_heads=3" in the_error(saved)


def test_a_tokenizer_that_is_none(saved: Path) -> None:
    rewrite(saved, tokenizer='{"kind": "byte", "tokens": []}')
    assert "unknown kind of tokenizer 'byte'" in the_error(saved)


def test_weights_that_do_not_fit_the_config(saved: Path) -> None:
    tensors = read_checkpoint(saved).tensors
    name = "blocks.0.attention.w_q.weight"
    rewrite(saved, {**tensors, name: torch.zeros(16, 8)})
    assert f"the weights '{name}' have shape (16, 8), its config asks for (16, 16)" in the_error(saved)
    rewrite(saved, {key: value for key, value in tensors.items() if key != name})
    assert f"lacks the weights '{name}'" in the_error(saved)
    rewrite(saved, {**tensors, "extra": torch.zeros(1)})
    assert "has, beyond what its config asks for, the weights 'extra'" in the_error(saved)


def test_a_folder_is_made_when_it_is_missing(make_model: Callable[..., GPT], tmp_path: Path) -> None:
    path = tmp_path / "new" / "folder" / "m.safetensors"
    save_model(path, make_model(), TOKENIZER)
    assert [file.name for file in path.parent.iterdir()] == ["m.safetensors"]


def cannot_write(model: GPT, path: Path) -> str:
    with pytest.raises(CheckpointError) as error:
        save_model(path, model, TOKENIZER)
    assert "\n" not in str(error.value)
    assert str(path) in str(error.value)
    return str(error.value)


def test_a_place_where_nothing_can_be_written(make_model: Callable[..., GPT], tmp_path: Path) -> None:
    (tmp_path / "file").write_text("mine")
    cannot_write(make_model(), tmp_path / "file" / "m.safetensors")
    assert (tmp_path / "file").read_text() == "mine"
    (tmp_path / "folder").mkdir()
    assert "cannot write" in cannot_write(make_model(), tmp_path / "folder")


def fail(error: BaseException) -> Callable[..., None]:
    def failing(*args: object, **kwargs: object) -> None:
        raise error

    return failing


@pytest.mark.parametrize("step", ["fsync", "replace"])
@pytest.mark.parametrize("error", [PermissionError(13, "Permission denied"), OSError(28, "No space left on device")])
def test_an_old_file_survives_a_failed_write(
    make_model: Callable[..., GPT], saved: Path, monkeypatch: pytest.MonkeyPatch, step: str, error: OSError
) -> None:
    before = saved.read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(os, step, fail(error))
        message = cannot_write(make_model(seed=1), saved)
    assert error.strerror in message
    assert saved.read_bytes() == before
    assert [file.name for file in saved.parent.iterdir()] == [saved.name]  # nothing is left lying about


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_an_old_file_survives_the_stop_button(
    make_model: Callable[..., GPT], saved: Path, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    before = saved.read_bytes()
    with monkeypatch.context() as patch:
        patch.setattr(os, step, fail(KeyboardInterrupt()))
        with pytest.raises(KeyboardInterrupt):
            save_model(saved, make_model(seed=1), TOKENIZER)
    assert saved.read_bytes() == before
    save_model(saved, make_model(seed=1), TOKENIZER)  # and the next attempt is not in the way of its leftovers
    assert saved.read_bytes() != before


def test_pretrained(make_model: Callable[..., GPT], tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("LLMCOURSE_DATA", str(tmp_path))
    with pytest.raises(
        CheckpointError, match=r"no pretrained model called 'gpt-world'.*make it with: llmcourse pretrain"
    ):
        pretrained()
    model = make_model()
    save_model(tmp_path / "checkpoints" / "gpt-world.safetensors", model, TOKENIZER)
    loaded, tokenizer = pretrained("gpt-world")
    assert torch.equal(loaded(IDS), model(IDS))
    assert tokenizer == TOKENIZER
    with pytest.raises(
        CheckpointError, match="no pretrained model called 'gpt-5' came with the course; there are: gpt-world"
    ):
        pretrained("gpt-5")


@pytest.mark.parametrize("family", ["bert", "encoder_decoder"])
def test_pretrained_of_another_family(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, family: str) -> None:
    name = f"{family.replace('_', '-')}-world"
    monkeypatch.setenv("LLMCOURSE_DATA", str(tmp_path))
    with pytest.raises(
        CheckpointError, match=f"called '{name}'.*make it with: llmcourse pretrain --family {family} --out"
    ):
        pretrained(name, FAMILIES[family])
    kind = FAMILIES[family]
    model = kind(ModelConfig(vocab_size=TOKENIZER.vocab_size, d_model=16, n_layers=1, n_heads=2))
    save_model(tmp_path / "checkpoints" / f"{name}.safetensors", model, TOKENIZER)
    loaded, _ = pretrained(name, kind)
    assert all(torch.equal(a, b) for a, b in zip(loaded.parameters(), model.parameters(), strict=True))
    with pytest.raises(
        CheckpointError, match=rf"holds a model of the family {kind.__name__}: read it with load_model"
    ) as no:
        pretrained(name)
    assert "\n" not in str(no.value)


@pytest.mark.parametrize(("name", "family"), SHIPPED.items())
def test_shipped_checkpoints(name: str, family: str, root: Path) -> None:
    file = root / "data" / "checkpoints" / f"{name}.safetensors"
    model, tokenizer = pretrained(name, FAMILIES[family])
    assert file.stat().st_size <= 4_000_000
    assert tokenizer.vocab_size == model.config.vocab_size
    notes, card = load_notes(file), file.with_suffix(".md").read_text(encoding="utf-8")
    assert card == model_card(name, model, notes)  # the card says what the file holds
    assert notes["floor"] <= notes["validation_loss"]


class TestModelsForTasks:
    """A model with a head for a task comes back with it."""

    @pytest.fixture
    def bert(self) -> BERT:
        return BERT(ModelConfig(vocab_size=TOKENIZER.vocab_size, context=20, d_model=16, n_layers=1, n_heads=2))

    def test_a_reader(self, bert: BERT, tmp_path: Path) -> None:
        reader = SpanReader(with_segments(bert), gap_id=5).eval()
        save_model(tmp_path / "r.safetensors", reader, TOKENIZER, exact=0.9)
        loaded, tokenizer = load_model(tmp_path / "r.safetensors", SpanReader)
        ids, segments = torch.tensor([[1, 4, 6, 3, 5, 2]]), torch.tensor([[0, 1, 1, 0, 0, 0]])
        assert torch.equal(loaded(ids, segments=segments), reader(ids, segments=segments))
        assert loaded.settings == {"pad_id": 0, "gap_id": 5}
        assert tokenizer == TOKENIZER
        assert load_notes(tmp_path / "r.safetensors") == {"exact": 0.9}

    @pytest.mark.parametrize("pool", ["first", "mean"])
    def test_a_classifier(self, bert: BERT, tmp_path: Path, pool: str) -> None:
        classifier = SequenceClassifier(bert, 3, pool=pool).eval()
        torch.nn.init.normal_(classifier.head.weight)
        save_model(tmp_path / "c.safetensors", classifier, TOKENIZER)
        loaded, _ = load_model(tmp_path / "c.safetensors", SequenceClassifier)
        assert torch.equal(loaded(IDS), classifier(IDS))
        assert loaded.pool == pool

    def test_a_classifier_on_a_gpt(self, make_model: Callable[..., GPT], tmp_path: Path) -> None:
        save_model(tmp_path / "c.safetensors", SequenceClassifier(make_model(), 2), TOKENIZER)
        loaded, _ = load_model(tmp_path / "c.safetensors", SequenceClassifier)
        assert isinstance(loaded.backbone, GPT)

    def test_another_kind(self, bert: BERT, tmp_path: Path) -> None:
        save_model(tmp_path / "c.safetensors", SequenceClassifier(bert, 2), TOKENIZER)
        for wanted in (BERT, SpanReader):
            with pytest.raises(CheckpointError, match=r"family SequenceClassifier: read it with load_model\(path, Seq"):
                load_model(tmp_path / "c.safetensors", wanted)
        save_model(tmp_path / "b.safetensors", bert, TOKENIZER)
        with pytest.raises(CheckpointError, match=r"family BERT: read it with load_model\(path, BERT\)"):
            load_model(tmp_path / "b.safetensors", SequenceClassifier)

    def test_a_kind_of_a_later_version(self, bert: BERT, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        class Tagger(SequenceClassifier):
            pass

        save_model(tmp_path / "t.safetensors", Tagger(bert, 2), TOKENIZER)
        with pytest.raises(CheckpointError, match="holds a 'Tagger', and this llmcourse knows 'SequenceClassifier'"):
            load_model(tmp_path / "t.safetensors", SequenceClassifier)

    def test_what_is_missing_is_made_by_a_command(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("LLMCOURSE_DATA", str(tmp_path))
        with pytest.raises(CheckpointError, match=r"make it with: llmcourse tune answers --out"):
            pretrained("answers-world", SpanReader)
