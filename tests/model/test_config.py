import dataclasses
import inspect
import json
from typing import Any

import pytest

from llmcourse.errors import CourseError
from llmcourse.model import ConfigError, ModelConfig


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"vocab_size": 0}, "vocab_size=0 must be a whole number, 1 or more"),
        ({"context": -1}, "context=-1 must be a whole number"),
        ({"n_layers": 2.0}, "n_layers=2.0 must be a whole number"),
        ({"n_heads": "4"}, "n_heads='4' must be a whole number"),
        ({"d_model": True}, "d_model=True must be a whole number"),
        ({"d_ff": 0}, "d_ff=0 must be a whole number"),
        ({"n_kv_heads": 0}, "n_kv_heads=0 must be a whole number"),
        ({"d_model": 130}, "d_model=130 must be a multiple of n_heads=4"),
        ({"n_kv_heads": 3}, "n_kv_heads=3 must divide n_heads=4"),
        ({"n_kv_heads": 8}, "n_kv_heads=8 must divide n_heads=4"),
        ({"d_model": 12}, "d_model=12 makes heads 3 wide, but rotary positions turn pairs"),
        ({"d_model": 5, "n_heads": 1, "positions": "sinusoidal"}, "d_model=5 must be even"),
        ({"positions": "rotory"}, "positions='rotory' must be one of 'rotary', 'learned', 'sinusoidal', 'alibi'"),
        ({"norm": None}, "norm=None must be one of 'rmsnorm', 'layernorm'"),
        ({"norm_position": "middle"}, "norm_position='middle' must be one of 'pre', 'post'"),
        ({"activation": ["gelu"]}, "must be one of 'gelu', 'gelu_tanh', 'relu', 'relu2'"),
        ({"qk_norm": 1}, "qk_norm=1 must be True or False"),
        ({"bias": "yes"}, "bias='yes' must be True or False"),
        ({"dropout": 1.0}, "dropout=1.0 must be at least 0 and below 1"),
        ({"dropout": float("nan")}, "dropout=nan must be at least 0 and below 1"),
        ({"dropout": "0.1"}, "dropout='0.1' must be at least 0 and below 1"),
        ({"rope_theta": 0}, "rope_theta=0 must be a number above 0"),
        ({"head_width": 0}, "head_width=0 must be a whole number, 1 or more"),
        ({"head_width": 7}, "head_width=7 makes heads 7 wide, but rotary positions turn pairs"),
        ({"d_model": 130}, "d_model=130 must be a multiple of n_heads=4, unless head_width is given"),
        ({"attention_bias": 1}, "attention_bias=1 must be True, False or None"),
        ({"n_buckets": 0}, "n_buckets=0 must be a whole number"),
        ({"rope_scaling": (8.0, 1.0, 4.0)}, "rope_scaling=(8.0, 1.0, 4.0) must be four numbers"),
        ({"rope_scaling": (8.0, 4.0, 1.0, 16)}, "must be four numbers: factor of 1 or more, slow below fast"),
        ({"rope_scaling": "llama3"}, "rope_scaling='llama3' must be four numbers"),
        ({"rope_theta": float("inf")}, "rope_theta=inf must be a number above 0"),
    ],
)
def test_impossible_settings_are_named_in_one_line(settings: dict[str, Any], message: str) -> None:
    create_as_learners_do = inspect.unwrap(ModelConfig.__init__)  # without the type checks of the test suite
    with pytest.raises(ConfigError) as error:
        create_as_learners_do(object.__new__(ModelConfig), **{"vocab_size": 100, **settings})
    assert message in str(error.value)
    assert "\n" not in str(error.value)
    assert isinstance(error.value, CourseError)


def test_what_follows_from_other_settings() -> None:
    config = ModelConfig(vocab_size=100, d_model=96, n_heads=6)
    assert (config.d_head, config.kv_heads, config.ff_width) == (16, 6, 384)
    assert ModelConfig(vocab_size=100, n_kv_heads=2).kv_heads == 2
    assert ModelConfig(vocab_size=100, d_ff=7).ff_width == 7
    # Changing the width changes what follows from it.
    assert dataclasses.replace(config, d_model=192).ff_width == 768


@pytest.mark.parametrize("d_model", [96, 128, 256, 1024])
def test_swiglu_has_about_as_many_parameters_as_the_others(d_model: int) -> None:
    width = ModelConfig(vocab_size=9, d_model=d_model, activation="swiglu").ff_width
    assert width % 8 == 0
    assert 0 <= 3 * width - 2 * 4 * d_model < 3 * 8  # three matrices against two


def test_a_config_cannot_be_changed() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        ModelConfig(vocab_size=9).d_model = 4  # type: ignore[misc]


def test_there_and_back_through_json() -> None:
    config = ModelConfig(vocab_size=77, n_kv_heads=2, positions="learned", dropout=0.1, rope_theta=500.0, qk_norm=True)
    assert ModelConfig.from_dict(json.loads(config.to_json())) == config
    longer = dataclasses.replace(config, positions="rotary", rope_scaling=(8.0, 1.0, 4.0, 64))
    again = ModelConfig.from_dict(json.loads(longer.to_json()))
    assert again == longer
    assert again.rope_scaling == (8.0, 1.0, 4.0, 64)  # and no list, as JSON has it
    assert hash(again) == hash(longer)


def test_heads_of_a_width_of_their_own() -> None:
    config = ModelConfig(vocab_size=9, d_model=10, n_heads=3, head_width=8)
    assert config.d_head == 8
    assert dataclasses.replace(config, bias=True).projection_bias
    assert not dataclasses.replace(config, bias=True, attention_bias=False).projection_bias


def test_settings_of_another_version() -> None:
    with pytest.raises(ConfigError, match="unknown setting 'experts': a model's settings are vocab_size"):
        ModelConfig.from_dict({"vocab_size": 3, "experts": 8})
    with pytest.raises(ConfigError, match="vocab_size is missing"):
        ModelConfig.from_dict({})
