"""What holds for GPT, BERT and EncoderDecoder alike: names, sizes, files."""

import inspect
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from llmcourse.corpus import WordTokenizer
from llmcourse.errors import CourseError
from llmcourse.model import (
    BERT,
    FAMILIES,
    GPT,
    CheckpointError,
    EncoderDecoder,
    ModelConfig,
    family_of,
    load_model,
    load_notes,
    predict_by_part,
    save_model,
)
from llmcourse.model.checkpoint import read_checkpoint
from llmcourse.model.counting import transformer_parameters
from llmcourse.model.published import BERT_BASE, GPT2_SMALL, T5_SMALL, TRANSFORMER_BASE
from model.strategies import settings_of_models
from model.test_checkpoint import rewrite

TOKENIZER = WordTokenizer([chr(letter) for letter in range(ord("a"), ord("a") + 20)])  # 23 with the special ones
IDS = torch.tensor([[1, 5, 9, 20]])


def config_of(chosen: dict[str, Any], **more: Any) -> ModelConfig:
    chosen = {name: value for name, value in chosen.items() if name != "seed"}
    return ModelConfig(**{"vocab_size": 23, "context": 16, "d_model": 16, **chosen, **more})


def logits(model: GPT | BERT | EncoderDecoder) -> torch.Tensor:
    return model(IDS, IDS) if isinstance(model, EncoderDecoder) else model(IDS)


extras = st.fixed_dictionaries(
    {
        "n_segments": st.sampled_from([0, 2]),
        "embedding_norm": st.booleans(),
        "n_decoder_layers": st.sampled_from([None, 1, 3]),
    }
)


@pytest.mark.parametrize("family", FAMILIES)
@settings(max_examples=40)
@given(chosen=settings_of_models(), more=extras)
def test_the_formula_counts_what_is_there(family: Any, chosen: dict[str, Any], more: dict[str, Any]) -> None:
    config = config_of(chosen, **more)
    with torch.device("meta"):
        model = FAMILIES[family](config)
    assert model.parameters_by_part() == predict_by_part(config, family)
    assert sum(predict_by_part(config, family).values()) == sum(p.numel() for p in model.parameters())


@pytest.mark.parametrize(
    ("family", "config", "published"),
    [
        ("gpt", GPT2_SMALL, 124_439_808),
        ("bert", BERT_BASE, 109_482_240),
        ("encoder_decoder", T5_SMALL, 60_506_624),
        ("encoder_decoder", TRANSFORMER_BASE, 63_082_496),
    ],
)
def test_published_sizes(family: Any, config: ModelConfig, published: int) -> None:
    """Of BERT without what it is pretrained with: the head, and the biases of the unembedding."""
    with torch.device("meta"):
        model = FAMILIES[family](config)  # shapes without numbers
    assert all(parameter.is_meta for parameter in model.parameters())
    parts = model.parameters_by_part()
    assert parts == predict_by_part(config, family)
    assert sum(parts.values()) - parts.get("head", 0) - parts["unembedding"] == published


@pytest.mark.parametrize(
    ("name", "settings", "config"),
    [("Bert", {"vocab_size": 300}, BERT_BASE), ("T5", {"vocab_size": 300, "d_ff": 2048}, T5_SMALL)],
)
def test_sizes_are_those_of_transformers(name: str, settings: dict[str, Any], config: ModelConfig) -> None:
    transformers = pytest.importorskip("transformers")
    hf = getattr(transformers, f"{name}Config")(**settings)
    with torch.device("meta"):
        theirs = getattr(transformers, f"{name}Model")(hf)
    ours = predict_by_part(
        ModelConfig(**{**config.to_dict(), "vocab_size": 300}), "bert" if name == "Bert" else "encoder_decoder"
    )
    total = sum(ours.values()) - ours.get("head", 0) - ours["unembedding"]
    assert total == sum(parameter.numel() for parameter in theirs.parameters())


@given(st.integers(1, 99), st.integers(1, 20), st.integers(1, 50), st.integers(1, 5))
def test_the_transformer_of_2017_by_hand(vocab: int, width: int, d_ff: int, layers: int) -> None:
    config = ModelConfig(vocab_size=vocab, d_model=2 * width, d_ff=d_ff, n_layers=layers, n_heads=1, bias=True,
                         positions="sinusoidal", norm="layernorm", norm_position="post", activation="relu",
                         tie_embeddings=True)  # fmt: skip
    predicted = predict_by_part(config, "encoder_decoder")
    assert transformer_parameters(vocab, 2 * width, d_ff, layers) == sum(predicted.values())


def test_a_family_that_there_is_not() -> None:
    with pytest.raises(CourseError, match="family='rnn' is unknown: choose 'gpt', 'bert', 'encoder_decoder'"):
        inspect.unwrap(predict_by_part)(GPT2_SMALL, "rnn")
    assert [family_of(family) for family in FAMILIES.values()] == list(FAMILIES)
    with pytest.raises(CourseError, match="Linear is none of the families GPT, BERT, EncoderDecoder"):
        family_of(torch.nn.Linear(2, 2))


@pytest.mark.parametrize("family", FAMILIES)
@settings(max_examples=10)
@given(chosen=settings_of_models(), more=extras)
def test_there_and_back(
    tmp_path_factory: pytest.TempPathFactory, family: str, chosen: dict[str, Any], more: dict[str, Any]
) -> None:
    path = tmp_path_factory.getbasetemp() / f"{family}.safetensors"
    kind: Any = FAMILIES[family]
    model = kind(config_of(chosen, **more)).initialize(chosen["seed"]).eval()
    save_model(path, model, TOKENIZER, loss=0.25)
    loaded, tokenizer = load_model(path, kind)
    assert type(loaded) is kind
    assert loaded.config == model.config
    assert tokenizer == TOKENIZER
    assert load_notes(path) == {"loss": 0.25}
    assert torch.equal(logits(loaded), logits(model))


def test_a_file_of_another_family(tmp_path: Path) -> None:
    path = tmp_path / "m.safetensors"
    save_model(path, BERT(config_of({})), TOKENIZER)
    assert read_checkpoint(path).family == "bert"
    with pytest.raises(
        CheckpointError, match=r"holds a model of the family BERT: read it with load_model\(path, BERT\)"
    ):
        load_model(path)
    save_model(path, GPT(config_of({})), TOKENIZER)
    with pytest.raises(CheckpointError, match=r"of the family GPT: read it with load_model\(path, GPT\)"):
        load_model(path, EncoderDecoder)


def test_a_file_that_names_no_family_holds_a_gpt(tmp_path: Path) -> None:
    path = tmp_path / "m.safetensors"
    save_model(path, GPT(config_of({})), TOKENIZER)
    assert '"family"' not in path.read_bytes()[:9000].decode("latin-1")
    rewrite(path, family="gpt")
    assert isinstance(load_model(path)[0], GPT)


@pytest.mark.parametrize("family", ["rnn", None, [], 3])
def test_a_family_of_the_future(tmp_path: Path, family: object) -> None:
    path = tmp_path / "m.safetensors"
    save_model(path, GPT(config_of({})), TOKENIZER)
    rewrite(path, family=family)
    with pytest.raises(CheckpointError, match="holds a model of the family .* knows 'gpt', 'bert', 'encoder_decoder'"):
        load_model(path)
