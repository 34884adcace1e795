"""GPT-2: learned positions, LayerNorm in front, biases everywhere, one table of words for reading and writing.

Radford et al. (2019), Language Models are Unsupervised Multitask Learners. Its files come from a program that kept
every matrix as (in, out), and queries, keys and values in one.
"""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from llmcourse.model.config import ModelConfig
from llmcourse.model.gpt import GPT
from llmcourse.model.hub.entries import Entry, entry
from llmcourse.model.hub.family import HubFamily, demand
from llmcourse.model.hub.settings import HubConfig

ACTIVATIONS = {"gelu_new": "gelu_tanh", "gelu_pytorch_tanh": "gelu_tanh", "gelu": "gelu", "relu": "relu"}


def config_from(config: HubConfig, names: Collection[str] = ()) -> ModelConfig:
    config.must_be("scale_attn_by_inverse_layer_idx", False)
    config.must_be("add_cross_attention", False)
    activation: Any = config.choice("activation_function", "gelu_new", ACTIVATIONS)
    return ModelConfig(
        vocab_size=config.whole("vocab_size"),
        context=config.whole("n_positions", "n_ctx"),
        d_model=config.whole("n_embd"),
        n_layers=config.whole("n_layer"),
        n_heads=config.whole("n_head"),
        d_ff=config.whole("n_inner", default=4 * config.whole("n_embd")),
        positions="learned",
        norm="layernorm",
        norm_eps=config.number("layer_norm_epsilon", default=1e-5),
        activation=activation,
        bias=True,
        dropout=config.number("resid_pdrop", default=0.1),
        scale_scores=config.flag("scale_attn_weights", True),
        tie_embeddings=config.flag("tie_word_embeddings", True),
    )


def config_to(config: ModelConfig) -> dict[str, Any]:
    return {
        "vocab_size": config.vocab_size,
        "n_positions": config.context,
        "n_embd": config.d_model,
        "n_layer": config.n_layers,
        "n_head": config.n_heads,
        "n_inner": config.ff_width,
        "layer_norm_epsilon": config.norm_eps or 1e-5,
        "activation_function": next(theirs for theirs, ours in ACTIVATIONS.items() if ours == config.activation),
        "resid_pdrop": config.dropout,
        "embd_pdrop": config.dropout,
        "attn_pdrop": config.dropout,
        "scale_attn_weights": config.scale_scores,
        "tie_word_embeddings": config.tie_embeddings,
    }


def entries(config: ModelConfig) -> list[Entry]:
    table = [entry("transformer.wte.weight", "token_embedding.weight"),
             entry("transformer.wpe.weight", "position_embedding.weight")]  # fmt: skip
    for i in range(config.n_layers):
        theirs, ours = f"transformer.h.{i}.", f"blocks.{i}."
        for kind in ("weight", "bias"):
            three = [f"{ours}attention.w_{letter}.{kind}" for letter in "qkv"]
            table += [
                entry(f"{theirs}ln_1.{kind}", f"{ours}norm1.{kind}"),
                entry(f"{theirs}attn.c_attn.{kind}", *three, transposed=True),
                entry(f"{theirs}attn.c_proj.{kind}", f"{ours}attention.w_o.{kind}", transposed=True),
                entry(f"{theirs}ln_2.{kind}", f"{ours}norm2.{kind}"),
                entry(f"{theirs}mlp.c_fc.{kind}", f"{ours}feedforward.up.{kind}", transposed=True),
                entry(f"{theirs}mlp.c_proj.{kind}", f"{ours}feedforward.down.{kind}", transposed=True),
            ]
    table += [entry(f"transformer.ln_f.{kind}", f"final_norm.{kind}") for kind in ("weight", "bias")]
    return table if config.tie_embeddings else [*table, entry("lm_head.weight", "unembedding.weight")]


def nearest(config: ModelConfig) -> ModelConfig:
    demand(config, "GPT-2", positions="learned", norm="layernorm", norm_position="pre", qk_norm=False,
           activation=tuple(dict.fromkeys(ACTIVATIONS.values())), n_kv_heads=(None, config.n_heads),
           head_width=(None, config.d_model // config.n_heads))  # fmt: skip
    return replace(config, bias=True, attention_bias=None, n_kv_heads=None)


GPT2 = HubFamily(
    model_type="gpt2",
    architectures=("GPT2LMHeadModel", "GPT2Model"),
    model=GPT,
    config_from=config_from,
    config_to=config_to,
    entries=entries,
    nearest=nearest,
    prefix="transformer.",
    ignored=("*.attn.bias", "*.attn.masked_bias"),  # the causal mask, which older files carry along
)
