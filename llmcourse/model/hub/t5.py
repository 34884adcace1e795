"""T5 and its version 1.1 (also Flan-T5): an encoder-decoder that knows of positions by a bias on its scores alone.

Raffel et al. (2020), Exploring the Limits of Transfer Learning with a Unified Text-to-Text Transformer. Version 1.1 has
a gated feed-forward layer, and unties the table of words that it writes from the one that it reads.
"""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from llmcourse.model.config import ModelConfig
from llmcourse.model.encoder_decoder import EncoderDecoder
from llmcourse.model.hub.entries import Entry, entry, layer
from llmcourse.model.hub.family import HubFamily, demand
from llmcourse.model.hub.settings import HubConfig

ACTIVATIONS = {"relu": "relu", "gated-gelu": "geglu", "gated-silu": "swiglu", "gated-relu": "reglu"}


def config_from(config: HubConfig, names: Collection[str] = ()) -> ModelConfig:
    activation: Any = config.choice("feed_forward_proj", "relu", ACTIVATIONS)
    # In T5's config "not tied" has always meant two things: another table, and logits that are not scaled down. Newer
    # files say the second by a name of its own, and the first by having a table `lm_head`.
    tied = config.flag("tie_word_embeddings", True)
    scaled = config.flag("scale_decoder_outputs", tied)
    if tied and not scaled:
        tied = "lm_head.weight" not in names
    return ModelConfig(
        vocab_size=config.whole("vocab_size"),
        context=config.whole("n_positions", default=512),  # there is no longest text; this is how long it was trained
        d_model=config.whole("d_model"),
        n_layers=config.whole("num_layers"),
        n_decoder_layers=config.whole("num_decoder_layers", default=config.whole("num_layers")),
        n_heads=config.whole("num_heads"),
        head_width=config.whole("d_kv"),
        d_ff=config.whole("d_ff"),
        positions="relative",
        n_buckets=config.whole("relative_attention_num_buckets", default=32),
        bucket_far=config.whole("relative_attention_max_distance", default=128),
        norm="rmsnorm",
        norm_eps=config.number("layer_norm_epsilon", default=1e-6),
        activation=activation,
        dropout=config.number("dropout_rate", default=0.1),
        tie_embeddings=tied,
        scale_scores=False,
        scale_logits=scaled,
    )


def config_to(config: ModelConfig) -> dict[str, Any]:
    return {
        "vocab_size": config.vocab_size,
        "n_positions": config.context,
        "d_model": config.d_model,
        "num_layers": config.n_layers,
        "num_decoder_layers": config.decoder_layers,
        "num_heads": config.n_heads,
        "d_kv": config.d_head,
        "d_ff": config.ff_width,
        "relative_attention_num_buckets": config.n_buckets,
        "relative_attention_max_distance": config.bucket_far,
        "layer_norm_epsilon": config.norm_eps or 1e-6,
        "feed_forward_proj": next(theirs for theirs, ours in ACTIVATIONS.items() if ours == config.activation),
        "dropout_rate": config.dropout,
        "tie_word_embeddings": config.tie_embeddings,
        "scale_decoder_outputs": config.scale_logits,
        "is_encoder_decoder": True,
    }


def entries(config: ModelConfig) -> list[Entry]:
    gated = config.activation != "relu"
    dense = {"gate": "wi_0", "up": "wi_1", "down": "wo"} if gated else {"up": "wi", "down": "wo"}
    table = [entry("shared.weight", "token_embedding.weight")]
    for side, n_layers, last in (("encoder", config.n_layers, 1), ("decoder", config.decoder_layers, 2)):
        bias = f"{side}.block.0.layer.0.SelfAttention.relative_attention_bias.weight"
        table.append(entry(bias, f"{side}_position_bias.weight"))  # kept in the first layer, and used in all
        for i in range(n_layers):
            names = {f"attention.w_{x}": f"0.SelfAttention.{x}" for x in "qkvo"} | {"norm1": "0.layer_norm"}
            if side == "decoder":
                names |= {f"cross_attention.w_{x}": f"1.EncDecAttention.{x}" for x in "qkvo"}
                names["cross_norm"] = "1.layer_norm"
            names |= {f"feedforward.{ours}": f"{last}.DenseReluDense.{theirs}" for ours, theirs in dense.items()}
            names["norm2"] = f"{last}.layer_norm"
            table += layer(f"{side}.block.{i}.layer.", f"{side}_blocks.{i}.", names)
        table.append(entry(f"{side}.final_layer_norm.weight", f"{side}_norm.weight"))
    return table if config.tie_embeddings else [*table, entry("lm_head.weight", "unembedding.weight")]


def nearest(config: ModelConfig) -> ModelConfig:
    demand(config, "T5", positions="relative", norm="rmsnorm", norm_position="pre", qk_norm=False, scale_scores=False,
           activation=(*ACTIVATIONS.values(), "relu2"), bias=False, attention_bias=(None, False),
           n_kv_heads=(None, config.n_heads), scale_logits=config.tie_embeddings)  # fmt: skip
    return replace(config, activation="reglu" if config.activation == "relu2" else config.activation,
                   d_ff=config.ff_width, head_width=config.d_head)  # fmt: skip


T5 = HubFamily(
    model_type="t5",
    architectures=("T5ForConditionalGeneration",),
    model=EncoderDecoder,
    config_from=config_from,
    config_to=config_to,
    entries=entries,
    nearest=nearest,
    # Copies of the table of words, and a bias that the first files had and that nothing read.
    ignored=("*coder.embed_tokens.weight", "decoder.block.0.layer.1.EncDecAttention.relative_attention_bias.weight"),
)
