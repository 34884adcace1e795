"""Operations: predicted from configs, counted by PyTorch."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llmcourse.analysis.flops import block_flops, forward_flops, measured_flops, six_n, training_flops
from llmcourse.errors import CourseError
from llmcourse.model import GPT, ModelConfig
from llmcourse.model.published import GPT2_SMALL
from llmcourse.training.checkpointing import checkpointing

SHAPES = {
    "default": {},
    "gated, grouped": {"activation": "swiglu", "n_kv_heads": 2},
    "wide heads": {"head_width": 6},
    "GPT-2's": {"positions": "learned", "norm": "layernorm", "bias": True, "tie_embeddings": True},
    "ours": {"activation": "relu2", "qk_norm": True},
}


@pytest.mark.parametrize("shape", SHAPES.values(), ids=SHAPES)
@pytest.mark.parametrize("tokens", [1, 7, 16])
def test_the_prediction_is_what_pytorch_counts(shape, tokens):
    config = ModelConfig(37, context=16, d_model=16, n_layers=2, n_heads=4, **shape)
    assert training_flops(config, texts=3, tokens=tokens) == measured_flops(GPT(config), texts=3, tokens=tokens)


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 200), st.integers(1, 8), st.integers(1, 64), st.integers(1, 4))
def test_blocks_add_up(tokens, heads, d_ff, layers):
    config = ModelConfig(11, context=200, d_model=8 * heads, n_layers=layers, n_heads=heads, d_ff=d_ff)
    parts = forward_flops(config, tokens)
    assert sum(parts.values()) - parts["unembedding"] == layers * block_flops(tokens, 8 * heads, d_ff)


def test_one_token_by_hand():
    assert block_flops(1, 2, 8) == 104


def test_checkpointing_costs_another_forward_pass_of_the_blocks():
    config = ModelConfig(37, context=16, d_model=16, n_layers=2)
    model = GPT(config)
    with checkpointing(model):
        assert measured_flops(model, 2) == training_flops(config, 2, checkpointed=True)
    assert measured_flops(model, 2) == training_flops(config, 2)


def test_counting_leaves_the_model_as_it_was():
    model = GPT(ModelConfig(11, context=8, d_model=8, n_heads=2))
    measured_flops(model)
    assert all(block.attention.path == "auto" for block in model.blocks)
    assert all(parameter.grad is None for parameter in model.parameters())


def test_the_rule_of_thumb_is_near_for_wide_models():
    assert 0.8 < six_n(GPT2_SMALL) / (training_flops(GPT2_SMALL) / 1024) < 1


def test_more_tokens_than_the_context_are_refused():
    with pytest.raises(CourseError, match="between 1 and the context of 8"):
        training_flops(ModelConfig(11, context=8), tokens=9)
