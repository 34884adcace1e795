"""Copies the weights of the transformers library's models into ours, part by part."""

from typing import Any

import torch
from torch import nn

from llmcourse.model import BERT, EncoderDecoder


def enlarge(model: nn.Module, seed: int) -> None:
    """Weights so large that every part matters: no test passes because nothing happens."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.copy_(torch.randn(parameter.shape, generator=generator) * 0.3)


@torch.no_grad()
def copy(ours: Any, theirs: Any) -> None:
    """One linear layer, norm or embedding."""
    ours.weight.copy_(theirs.weight)
    if getattr(theirs, "bias", None) is not None:
        ours.bias.copy_(theirs.bias)


def copy_bert(ours: BERT, theirs: Any) -> None:
    copy_bert_encoder(ours, theirs)
    predictions = theirs.cls.predictions
    copy(ours.head.transform, predictions.transform.dense)
    copy(ours.head.norm, predictions.transform.LayerNorm)
    with torch.no_grad():
        ours.unembedding.bias.copy_(predictions.bias)


def copy_bert_encoder(ours: BERT, theirs: Any) -> None:
    embeddings = theirs.bert.embeddings
    copy(ours.token_embedding, embeddings.word_embeddings)
    copy(ours.position_embedding, embeddings.position_embeddings)
    copy(ours.segment_embedding, embeddings.token_type_embeddings)
    copy(ours.embedding_norm, embeddings.LayerNorm)
    for block, layer in zip(ours.blocks, theirs.bert.encoder.layer, strict=True):
        attention = layer.attention
        copy(block.attention.w_q, attention.self.query)
        copy(block.attention.w_k, attention.self.key)
        copy(block.attention.w_v, attention.self.value)
        copy(block.attention.w_o, attention.output.dense)
        copy(block.norm1, attention.output.LayerNorm)
        copy(block.feedforward.up, layer.intermediate.dense)
        copy(block.feedforward.down, layer.output.dense)
        copy(block.norm2, layer.output.LayerNorm)


def copy_t5_attention(ours: Any, theirs: Any) -> None:
    for name in ("q", "k", "v", "o"):
        copy(getattr(ours, f"w_{name}"), getattr(theirs, name))


def copy_t5(ours: EncoderDecoder, theirs: Any) -> None:
    copy(ours.token_embedding, theirs.shared)
    if not ours.config.tie_embeddings:
        copy(ours.unembedding, theirs.lm_head)
    for blocks, stack in ((ours.encoder_blocks, theirs.encoder), (ours.decoder_blocks, theirs.decoder)):
        for block, layer in zip(blocks, stack.block, strict=True):
            parts = layer.layer
            copy_t5_attention(block.attention, parts[0].SelfAttention)
            copy(block.norm1, parts[0].layer_norm)
            if block.cross_attention is not None:
                copy_t5_attention(block.cross_attention, parts[1].EncDecAttention)
                copy(block.cross_norm, parts[1].layer_norm)
            copy(block.norm2, parts[-1].layer_norm)
            dense = parts[-1].DenseReluDense
            if block.feedforward.gate is None:
                copy(block.feedforward.up, dense.wi)
            else:
                copy(block.feedforward.gate, dense.wi_0)
                copy(block.feedforward.up, dense.wi_1)
            copy(block.feedforward.down, dense.wo)
    copy(ours.encoder_norm, theirs.encoder.final_layer_norm)
    copy(ours.decoder_norm, theirs.decoder.final_layer_norm)
    copy(ours.encoder_position_bias, theirs.encoder.block[0].layer[0].SelfAttention.relative_attention_bias)
    copy(ours.decoder_position_bias, theirs.decoder.block[0].layer[0].SelfAttention.relative_attention_bias)
