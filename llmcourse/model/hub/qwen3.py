"""Qwen3: Llama with a norm on queries and keys, and with heads whose width is a setting of its own.

Yang et al. (2025), Qwen3 Technical Report.
"""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from llmcourse.model.config import ModelConfig
from llmcourse.model.gpt import GPT
from llmcourse.model.hub import llama
from llmcourse.model.hub.family import HubFamily
from llmcourse.model.hub.settings import HubConfig


def config_from(config: HubConfig, names: Collection[str] = ()) -> ModelConfig:
    config.must_be("use_sliding_window", False)
    other = [kind for kind in config.settings.get("layer_types") or [] if kind != "full_attention"]
    if other:
        raise config.unsupported("layer_types", other[0], "'full_attention' in every layer")
    if config.settings.get("head_dim") is None:
        config = HubConfig({**config.settings, "head_dim": 128})  # what the architecture means when it does not say
    return replace(llama.config_from(config), qk_norm=True, bias=False)


def config_to(config: ModelConfig) -> dict[str, Any]:
    settings = llama.config_to(config)
    del settings["mlp_bias"]
    return settings


def nearest(config: ModelConfig) -> ModelConfig:
    near = llama.gated(config, "Qwen3", qk_norm=True)
    return replace(near, bias=False, attention_bias=config.projection_bias)


QWEN3 = HubFamily(
    model_type="qwen3",
    architectures=("Qwen3ForCausalLM", "Qwen3Model"),
    model=GPT,
    config_from=config_from,
    config_to=config_to,
    entries=llama.entries,
    nearest=nearest,
    prefix="model.",
    ignored=("*.rotary_emb.inv_freq",),
)
