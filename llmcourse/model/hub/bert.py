"""BERT: an encoder with learned positions, segments, and the norms behind what they belong to.

Devlin et al. (2019), BERT: Pre-training of Deep Bidirectional Transformers for Language Understanding.
"""

from collections.abc import Collection
from dataclasses import replace
from typing import Any

from llmcourse.model.bert import BERT as BERTModel
from llmcourse.model.config import ModelConfig
from llmcourse.model.hub.entries import Entry, HubError, entry, layer
from llmcourse.model.hub.family import HubFamily, demand
from llmcourse.model.hub.settings import HubConfig

ACTIVATIONS = {"gelu": "gelu", "gelu_new": "gelu_tanh", "relu": "relu"}


def config_from(config: HubConfig, names: Collection[str] = ()) -> ModelConfig:
    config.must_be("position_embedding_type", "absolute")
    config.must_be("is_decoder", False)
    config.must_be("add_cross_attention", False)
    config.must_be("hidden_act", "gelu")  # the head's activation follows it, and the course's head has GELU
    config.must_be("tie_word_embeddings", True)
    return ModelConfig(
        vocab_size=config.whole("vocab_size"),
        context=config.whole("max_position_embeddings"),
        d_model=config.whole("hidden_size"),
        n_layers=config.whole("num_hidden_layers"),
        n_heads=config.whole("num_attention_heads"),
        d_ff=config.whole("intermediate_size"),
        positions="learned",
        norm="layernorm",
        norm_position="post",
        norm_eps=config.number("layer_norm_eps", default=1e-12),
        activation="gelu",
        bias=True,
        dropout=config.number("hidden_dropout_prob", default=0.1),
        tie_embeddings=True,
        n_segments=config.whole("type_vocab_size", default=2),
        embedding_norm=True,
    )


def config_to(config: ModelConfig) -> dict[str, Any]:
    return {
        "vocab_size": config.vocab_size,
        "max_position_embeddings": config.context,
        "hidden_size": config.d_model,
        "num_hidden_layers": config.n_layers,
        "num_attention_heads": config.n_heads,
        "intermediate_size": config.ff_width,
        "layer_norm_eps": config.norm_eps or 1e-5,
        "hidden_act": "gelu",
        "hidden_dropout_prob": config.dropout,
        "attention_probs_dropout_prob": config.dropout,
        "type_vocab_size": config.n_segments,
        "tie_word_embeddings": True,
    }


NAMES = {
    "attention.w_q": "attention.self.query",
    "attention.w_k": "attention.self.key",
    "attention.w_v": "attention.self.value",
    "attention.w_o": "attention.output.dense",
    "norm1": "attention.output.LayerNorm",
    "feedforward.up": "intermediate.dense",
    "feedforward.down": "output.dense",
    "norm2": "output.LayerNorm",
}


def entries(config: ModelConfig) -> list[Entry]:
    embeddings, head = "bert.embeddings.", "cls.predictions."
    table = [
        entry(f"{embeddings}word_embeddings.weight", "token_embedding.weight"),
        entry(f"{embeddings}position_embeddings.weight", "position_embedding.weight"),
        entry(f"{embeddings}token_type_embeddings.weight", "segment_embedding.weight"),
        *layer(embeddings, "", {"embedding_norm": "LayerNorm"}, ["embedding_norm"]),
    ]
    for i in range(config.n_layers):
        table += layer(f"bert.encoder.layer.{i}.", f"blocks.{i}.", NAMES, list(NAMES))
    table += layer("bert.", "", {"pooler": "pooler.dense"}, ["pooler"])
    parts = {"head.transform": "transform.dense", "head.norm": "transform.LayerNorm"}
    table += layer(head, "", parts, list(parts))
    return [*table, entry(f"{head}bias", "unembedding.bias")]


def nearest(config: ModelConfig) -> ModelConfig:
    demand(config, "BERT", positions="learned", norm="layernorm", norm_position="post", activation="gelu",
           qk_norm=False, scale_scores=True, tie_embeddings=True, embedding_norm=True,
           n_kv_heads=(None, config.n_heads), head_width=(None, config.d_model // config.n_heads))  # fmt: skip
    if not config.n_segments:
        raise HubError("this model cannot be written as BERT: its n_segments is 0, and must be 1 or more")
    return replace(config, bias=True, attention_bias=None)


BERT = HubFamily(
    model_type="bert",
    architectures=("BertForMaskedLM", "BertForPreTraining", "BertModel"),
    model=BERTModel,
    config_from=config_from,
    config_to=config_to,
    entries=entries,
    nearest=nearest,
    prefix="bert.",
    # Whether one sentence follows the other (a head that we have not), and copies of what is there already.
    ignored=("cls.seq_relationship.*", "*.position_ids", "cls.predictions.decoder.*"),
    renamed=((".gamma", ".weight"), (".beta", ".bias")),  # of norms, as the first files called them
    optional=(("pooler", "bert.pooler."), ("head", "cls."), ("unembedding", "cls.")),
)
