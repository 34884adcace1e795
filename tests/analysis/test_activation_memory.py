"""What autograd keeps: predicted from configs, weighed by hooks."""

import pytest
import torch

from llmcourse.analysis.activation_memory import (
    activation_bytes,
    measured_activation_bytes,
    measured_optimizer_bytes,
    optimizer_bytes,
)
from llmcourse.errors import CourseError
from llmcourse.model import GPT, ModelConfig, record
from llmcourse.training import TrainConfig
from llmcourse.training.checkpointing import checkpointing
from llmcourse.training.optimizer import make_optimizers

SHAPES = {
    "default": {},
    "gated": {"activation": "swiglu"},
    "ours": {"activation": "relu2", "qk_norm": True},
    "GPT-2's": {"positions": "learned", "norm": "layernorm", "bias": True, "activation": "gelu_tanh"},
    "ours, learned": {"positions": "learned", "qk_norm": True},
    "ours, one key head": {"qk_norm": True, "n_kv_heads": 1},
}


def near(predicted, measured):
    assert predicted == pytest.approx(measured, rel=0.01)


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize(("texts", "tokens"), [(1, 16), (3, 32)])
def test_the_prediction_is_what_autograd_keeps(shape, texts, tokens):
    config = ModelConfig(50, context=32, d_model=16, n_layers=3, n_heads=4, **shape)
    model = GPT(config)
    near(activation_bytes(config, texts, tokens), measured_activation_bytes(model, texts, tokens))
    with record(model, "blocks.*.attention.weights"):
        near(activation_bytes(config, texts, tokens, explicit=True), measured_activation_bytes(model, texts, tokens))
    with checkpointing(model):
        near(
            activation_bytes(config, texts, tokens, checkpointed=True), measured_activation_bytes(model, texts, tokens)
        )


@pytest.mark.parametrize("optimizer", ["adamw", "muon"])
def test_what_an_optimizer_remembers(optimizer):
    config = ModelConfig(50, context=32, d_model=16, n_heads=4, qk_norm=True)
    model = GPT(config).initialize(0)
    optimizers = make_optimizers(model, TrainConfig(steps=1, optimizer=optimizer))
    model(torch.zeros(1, 8, dtype=torch.long)).sum().backward()
    for one in optimizers:
        one.step()
    assert measured_optimizer_bytes(optimizers) == optimizer_bytes(config, optimizer)


def test_shapes_without_a_formula_are_refused():
    with pytest.raises(CourseError, match="without dropout"):
        activation_bytes(ModelConfig(50, dropout=0.1), 1, 8)
    with pytest.raises(CourseError, match="'sgd' is unknown"):
        optimizer_bytes(ModelConfig(50), "sgd")
