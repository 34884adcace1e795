"""The config.json of published models, as far as a size depends on it: our parts have as many numbers as theirs."""

from typing import Any

import pytest
import torch

from llmcourse.model import predict_by_part
from llmcourse.model.hub import empty_model, model_config
from llmcourse.model.hub.published import PUBLISHED
from llmcourse.model.published import BERT_BASE, GPT2_SMALL, T5_SMALL


@pytest.mark.parametrize("name", PUBLISHED)
def test_sizes(name: str) -> None:
    settings, size = PUBLISHED[name]
    model = empty_model(settings)
    assert all(parameter.is_meta for parameter in model.parameters())
    parts = model.parameters_by_part()
    head = parts.get("head", 0) + (parts["unembedding"] if settings["model_type"] == "bert" else 0)
    assert sum(parts.values()) - head == size


@pytest.mark.parametrize("name", PUBLISHED)
def test_the_library_has_as_many(name: str) -> None:
    transformers = pytest.importorskip("transformers")
    settings, size = PUBLISHED[name]
    config = transformers.AutoConfig.for_model(**settings)
    kind = transformers.AutoModel if settings["model_type"] == "bert" else transformers.AutoModelForCausalLM
    if settings["model_type"] == "t5":
        kind = transformers.AutoModelForSeq2SeqLM
    with torch.device("meta"):
        theirs = kind.from_config(config)
        theirs.tie_weights()
    assert sum(parameter.numel() for parameter in theirs.parameters()) == size


@pytest.mark.parametrize(
    ("name", "config"), [("gpt2", GPT2_SMALL), ("bert-base-uncased", BERT_BASE), ("t5-small", T5_SMALL)]
)
def test_they_are_those_of_the_papers(name: str, config: Any) -> None:
    settings, _ = PUBLISHED[name]
    ours = model_config(settings)
    family: Any = {"gpt2": "gpt", "bert": "bert", "t5": "encoder_decoder"}[settings["model_type"]]
    assert predict_by_part(ours, family) == predict_by_part(config, family)
    same = ("positions", "norm", "norm_position", "activation", "tie_embeddings", "scale_scores", "context", "n_heads")
    assert all(getattr(ours, field) == getattr(config, field) for field in same)
