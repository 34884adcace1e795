"""The parts of a language model, and the model that they make.

Read in this order: config, embeddings, positions, position_bias, softmax, masks, heads, attention, multihead,
normalization, feedforward, block; then the three families: gpt, bert, encoder_decoder (by name in families, as in their
papers in published), and task_model, classifier, span_head (one of them with a new head); then initialization (first
weights), recording (looking inside), cache, cached_attention and quantized (fast generation), counting (parameters),
checkpoint (files), and the folders efficient (cheaper attention, experts) and hub (real models).
"""

from llmcourse.model.attention import (
    MultiHeadAttention,
    attention_scores,
    attention_weights,
    scaled_dot_product_attention,
)
from llmcourse.model.bert import BERT
from llmcourse.model.block import Block
from llmcourse.model.cache import KVCache
from llmcourse.model.checkpoint import CheckpointError, load_model, load_notes, pretrained, save_model
from llmcourse.model.classifier import SequenceClassifier
from llmcourse.model.config import ConfigError, ModelConfig
from llmcourse.model.counting import count_by_part, predict_by_part
from llmcourse.model.embeddings import TokenEmbedding, embed_by_product
from llmcourse.model.encoder_decoder import EncoderDecoder
from llmcourse.model.families import FAMILIES, LanguageModel, family_of
from llmcourse.model.feedforward import FeedForward, gelu, gelu_tanh, relu, relu2, swiglu
from llmcourse.model.gpt import GPT
from llmcourse.model.heads import merge_heads, repeat_heads, split_heads
from llmcourse.model.initialization import initialize
from llmcourse.model.masks import causal_mask, padding_mask, prefix_mask
from llmcourse.model.multihead import multi_head_attention
from llmcourse.model.normalization import LayerNorm, RMSNorm, layer_norm, rms_norm
from llmcourse.model.position_bias import ALiBi, RelativeBias, alibi_bias, alibi_slopes, relative_buckets
from llmcourse.model.positions import (
    LearnedPositions,
    RotaryPositions,
    SinusoidalPositions,
    apply_rotary,
    rotary_table,
    sinusoidal_positions,
)
from llmcourse.model.recording import HookPoint, NotRecorded, Trace, record
from llmcourse.model.softmax import softmax
from llmcourse.model.torch_attention import from_torch

__all__ = [
    "BERT",
    "FAMILIES",
    "GPT",
    "ALiBi",
    "Block",
    "CheckpointError",
    "ConfigError",
    "EncoderDecoder",
    "FeedForward",
    "HookPoint",
    "KVCache",
    "LanguageModel",
    "LayerNorm",
    "LearnedPositions",
    "ModelConfig",
    "MultiHeadAttention",
    "NotRecorded",
    "RMSNorm",
    "RelativeBias",
    "RotaryPositions",
    "SequenceClassifier",
    "SinusoidalPositions",
    "TokenEmbedding",
    "Trace",
    "alibi_bias",
    "alibi_slopes",
    "apply_rotary",
    "attention_scores",
    "attention_weights",
    "causal_mask",
    "count_by_part",
    "embed_by_product",
    "family_of",
    "from_torch",
    "gelu",
    "gelu_tanh",
    "initialize",
    "layer_norm",
    "load_model",
    "load_notes",
    "merge_heads",
    "multi_head_attention",
    "padding_mask",
    "predict_by_part",
    "prefix_mask",
    "pretrained",
    "record",
    "relative_buckets",
    "relu",
    "relu2",
    "repeat_heads",
    "rms_norm",
    "rotary_table",
    "save_model",
    "scaled_dot_product_attention",
    "sinusoidal_positions",
    "softmax",
    "split_heads",
    "swiglu",
]
