"""The parts of a language model, and the model that they make.

Read in this order: config, embeddings, positions, softmax, attention, normalization, feedforward, block, gpt; then
recording (looking inside), cache (fast generation), counting (parameters) and checkpoint (files).
"""

from llmcourse.model.attention import (
    MultiHeadAttention,
    attention_scores,
    attention_weights,
    causal_mask,
    scaled_dot_product_attention,
)
from llmcourse.model.block import Block
from llmcourse.model.cache import KVCache
from llmcourse.model.checkpoint import CheckpointError, load_model, load_notes, pretrained, save_model
from llmcourse.model.config import ConfigError, ModelConfig
from llmcourse.model.counting import count_by_part, predict_by_part
from llmcourse.model.embeddings import TokenEmbedding
from llmcourse.model.feedforward import FeedForward, gelu, relu2, swiglu
from llmcourse.model.gpt import GPT
from llmcourse.model.normalization import LayerNorm, RMSNorm, layer_norm, rms_norm
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

__all__ = [
    "GPT",
    "Block",
    "CheckpointError",
    "ConfigError",
    "FeedForward",
    "HookPoint",
    "KVCache",
    "LayerNorm",
    "LearnedPositions",
    "ModelConfig",
    "MultiHeadAttention",
    "NotRecorded",
    "RMSNorm",
    "RotaryPositions",
    "SinusoidalPositions",
    "TokenEmbedding",
    "Trace",
    "apply_rotary",
    "attention_scores",
    "attention_weights",
    "causal_mask",
    "count_by_part",
    "gelu",
    "layer_norm",
    "load_model",
    "load_notes",
    "predict_by_part",
    "pretrained",
    "record",
    "relu2",
    "rms_norm",
    "rotary_table",
    "save_model",
    "scaled_dot_product_attention",
    "sinusoidal_positions",
    "softmax",
    "swiglu",
]
