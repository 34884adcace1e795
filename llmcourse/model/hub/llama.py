"""Llama 3, and what is built like it (SmolLM, SmolLM2, TinyLlama): rotary positions, RMSNorm, SwiGLU, grouped heads.

Grattafiori et al. (2024), The Llama 3 Herd of Models. The rotations pair the first half of a head with the second, as
ours do. (Meta's own files pair neighbours; `rotary_layout.py` converts such ones.)
"""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from llmcourse.model.config import ModelConfig
from llmcourse.model.gpt import GPT
from llmcourse.model.hub.entries import Entry, HubError, entry, layer
from llmcourse.model.hub.family import HubFamily, demand
from llmcourse.model.hub.settings import HubConfig, rope_settings, rope_to_hub

GATES = {"silu": "swiglu", "gelu_pytorch_tanh": "geglu", "relu": "reglu"}
CONTEXT = 4096  # rotary positions: as far as a model reads unless asked for more; each layer keeps a table as long


def config_from(config: HubConfig, names: Collection[str] = ()) -> ModelConfig:
    config.must_be("pretraining_tp", 1)
    config.must_be("partial_rotary_factor", 1, 1.0)
    theta, scaling = rope_settings(config)
    for name in ("vocab_size", "hidden_size", "num_hidden_layers", "num_attention_heads", "intermediate_size"):
        config.whole(name)
    for name in ("num_key_value_heads", "head_dim"):
        config.whole(name, default=1)
    activation: Any = config.choice("hidden_act", "silu", GATES)
    sizes: dict[str, Any] = sizes_from(config.settings)
    return ModelConfig(
        **sizes,
        context=config.whole("max_position_embeddings", default=2048),
        positions="rotary",
        rope_theta=theta,
        rope_scaling=scaling,
        norm="rmsnorm",
        norm_eps=config.number("rms_norm_eps", default=1e-6),
        activation=activation,
        bias=config.flag("mlp_bias", False),
        attention_bias=config.flag("attention_bias", False),
        tie_embeddings=config.flag("tie_word_embeddings", False),
    )


def sizes_from(settings: dict[str, Any]) -> dict[str, int]:
    """The sizes in the config.json of a Llama, as keywords for a ModelConfig.

    Two of them may be left out, or null: without `num_key_value_heads` each head has keys and values of its own, and
    without `head_dim` the heads share the width of the stream equally.
    """
    n_heads, d_model = settings["num_attention_heads"], settings["hidden_size"]
    return {
        "vocab_size": settings["vocab_size"],
        "d_model": d_model,
        "n_layers": settings["num_hidden_layers"],
        "n_heads": n_heads,
        "n_kv_heads": settings.get("num_key_value_heads") or n_heads,
        "head_width": settings.get("head_dim") or d_model // n_heads,
        "d_ff": settings["intermediate_size"],
    }


def config_to(config: ModelConfig) -> dict[str, Any]:
    return {
        "vocab_size": config.vocab_size,
        "max_position_embeddings": config.context,
        "hidden_size": config.d_model,
        "num_hidden_layers": config.n_layers,
        "num_attention_heads": config.n_heads,
        "num_key_value_heads": config.kv_heads,
        "head_dim": config.d_head,
        "intermediate_size": config.ff_width,
        **rope_to_hub(config.rope_theta, config.rope_scaling),
        "rms_norm_eps": config.norm_eps or 1e-6,
        "hidden_act": next(theirs for theirs, ours in GATES.items() if ours == config.activation),
        "mlp_bias": config.bias,
        "attention_bias": config.projection_bias,
        "tie_word_embeddings": config.tie_embeddings,
    }


NAMES = {
    "norm1": "input_layernorm",
    "attention.w_q": "self_attn.q_proj",
    "attention.w_k": "self_attn.k_proj",
    "attention.w_v": "self_attn.v_proj",
    "attention.w_o": "self_attn.o_proj",
    "norm2": "post_attention_layernorm",
    "feedforward.gate": "mlp.gate_proj",
    "feedforward.up": "mlp.up_proj",
    "feedforward.down": "mlp.down_proj",
}


def entries(config: ModelConfig) -> list[Entry]:
    biases = [name for name in NAMES if name.startswith("attention.") and config.projection_bias]
    biases += [name for name in NAMES if name.startswith("feedforward.") and config.bias]
    names = NAMES | ({f"attention.{n}_norm": f"self_attn.{n}_norm" for n in "qk"} if config.qk_norm else {})
    table = [entry("model.embed_tokens.weight", "token_embedding.weight")]
    for i in range(config.n_layers):
        table += layer(f"model.layers.{i}.", f"blocks.{i}.", names, biases)
    table += [entry("model.norm.weight", "final_norm.weight")]
    return table if config.tie_embeddings else [*table, entry("lm_head.weight", "unembedding.weight")]


def gated(config: ModelConfig, family: str, qk_norm: bool) -> ModelConfig:
    """A decoder with a gate. The course's ReLU² counts: relu(u)² is relu(u) · u, a gate that equals what it opens."""
    demand(config, family, positions="rotary", norm="rmsnorm", norm_position="pre", qk_norm=qk_norm, scale_scores=True,
           activation=(*GATES.values(), "relu2"))  # fmt: skip
    if config.bias and config.activation == "relu2":
        raise HubError(f"this model cannot be written as {family}: its relu2 layers have biases")
    return replace(config, activation="reglu" if config.activation == "relu2" else config.activation,
                   d_ff=config.ff_width, head_width=config.d_head)  # fmt: skip


def nearest(config: ModelConfig) -> ModelConfig:
    return gated(config, "Llama", qk_norm=False)


LLAMA = HubFamily(
    model_type="llama",
    architectures=("LlamaForCausalLM", "LlamaModel"),
    model=GPT,
    config_from=config_from,
    config_to=config_to,
    entries=entries,
    nearest=nearest,
    prefix="model.",
    ignored=("*.rotary_emb.inv_freq",),  # computed, not learned
)
