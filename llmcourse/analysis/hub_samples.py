"""Small models of the `transformers` library, with random weights and odd sizes, to be compared with our own.

Real weights are hundreds of megabytes and need a network. Whether two programs compute the same can be told from any
weights, and best from small, odd ones: sizes that differ from each other cannot be confused without being noticed.
"""
# ruff: noqa: C408 (settings as keywords read better than as quoted names)

from pathlib import Path
from typing import Any

import torch
from torch import nn

from llmcourse.errors import CourseError

LLAMA3 = {"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
          "original_max_position_embeddings": 16, "rope_theta": 500.0}  # fmt: skip

#: The configurations of each family: what is not given is the library's own default.
SAMPLES: dict[str, list[dict[str, Any]]] = {
    "gpt2": [
        dict(vocab_size=61, n_positions=40, n_embd=24, n_layer=2, n_head=3),
        dict(vocab_size=50, n_positions=33, n_embd=20, n_layer=3, n_head=2, n_inner=28, activation_function="gelu"),
        dict(vocab_size=77, n_positions=40, n_embd=16, n_layer=1, n_head=4, tie_word_embeddings=False,
             layer_norm_epsilon=1e-3, scale_attn_weights=False),
    ],
    "bert": [
        dict(vocab_size=61, max_position_embeddings=40, hidden_size=24, num_hidden_layers=2, num_attention_heads=3,
             intermediate_size=52),
        dict(vocab_size=50, max_position_embeddings=33, hidden_size=20, num_hidden_layers=3, num_attention_heads=2,
             intermediate_size=28, type_vocab_size=4, layer_norm_eps=1e-6),
        dict(vocab_size=77, max_position_embeddings=40, hidden_size=16, num_hidden_layers=1, num_attention_heads=4,
             intermediate_size=64, type_vocab_size=1),
    ],
    "t5": [
        dict(vocab_size=61, d_model=24, d_kv=8, d_ff=52, num_layers=2, num_decoder_layers=3, num_heads=3),
        dict(vocab_size=50, d_model=20, d_kv=6, d_ff=28, num_layers=3, num_decoder_layers=1, num_heads=4,
             relative_attention_num_buckets=12, relative_attention_max_distance=20),
        # Version 1.1: a gate, and a table of its own for writing.
        dict(vocab_size=77, d_model=16, d_kv=8, d_ff=36, num_layers=2, num_heads=2, feed_forward_proj="gated-gelu",
             tie_word_embeddings=False),
    ],
    "llama": [
        dict(vocab_size=61, max_position_embeddings=40, hidden_size=24, num_hidden_layers=2, num_attention_heads=6,
             num_key_value_heads=2, intermediate_size=52, tie_word_embeddings=True),  # as SmolLM is
        dict(vocab_size=50, max_position_embeddings=64, hidden_size=32, num_hidden_layers=3, num_attention_heads=4,
             num_key_value_heads=1, intermediate_size=40, rope_parameters=LLAMA3),  # as Llama 3.1 is
        dict(vocab_size=77, max_position_embeddings=40, hidden_size=20, num_hidden_layers=1, num_attention_heads=5,
             num_key_value_heads=5, head_dim=6, intermediate_size=36, attention_bias=True, mlp_bias=True),
    ],
    "qwen3": [
        dict(vocab_size=61, max_position_embeddings=40, hidden_size=24, num_hidden_layers=2, num_attention_heads=4,
             num_key_value_heads=2, head_dim=10, intermediate_size=52, tie_word_embeddings=True),
        dict(vocab_size=50, max_position_embeddings=64, hidden_size=20, num_hidden_layers=3, num_attention_heads=2,
             num_key_value_heads=1, head_dim=16, intermediate_size=28, attention_bias=True),
        dict(vocab_size=77, max_position_embeddings=40, hidden_size=16, num_hidden_layers=1, num_attention_heads=3,
             num_key_value_heads=3, head_dim=8, intermediate_size=40, rms_norm_eps=1e-3),
    ],
}  # fmt: skip

CLASSES = {
    "gpt2": ("GPT2Config", "GPT2LMHeadModel"),
    "bert": ("BertConfig", "BertForMaskedLM"),
    "t5": ("T5Config", "T5ForConditionalGeneration"),
    "llama": ("LlamaConfig", "LlamaForCausalLM"),
    "qwen3": ("Qwen3Config", "Qwen3ForCausalLM"),
}


def random_theirs(model_type: str, settings: dict[str, Any], seed: int = 0) -> Any:
    """A model of the `transformers` library with random weights, in evaluation mode; it gives its attention maps.

    Raises CourseError for a family that is not among the samples.
    """
    import transformers

    if model_type not in CLASSES:
        raise CourseError(f"model_type={model_type!r} is not among the samples: choose of {', '.join(CLASSES)}")
    config_class, model_class = (getattr(transformers, name) for name in CLASSES[model_type])
    with torch.random.fork_rng(devices=[]):
        config = config_class(**{"bos_token_id": None, "eos_token_id": None, "pad_token_id": 0, **settings})
        if model_type == "t5":
            config.decoder_start_token_id = 0
        config._attn_implementation = "eager"  # others give no weights
        model = model_class(config).eval()
    if model_type == "t5" and settings.get("tie_word_embeddings") is False:
        model.lm_head.weight = nn.Parameter(torch.empty_like(model.shared.weight))  # the library has tied them anyway
        config.tie_word_embeddings = False
    shake(model, seed)
    return model


def quiet_transformers() -> None:
    """No bars and no reports of the `transformers` library, from now on: what it has to say is not for a page."""
    from transformers.utils import logging

    logging.disable_progress_bar()
    logging.set_verbosity_error()


def shake(model: nn.Module, seed: int) -> None:
    """Weights so large that every part matters, norms and biases too: nothing agrees because nothing happens."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for name, parameter in model.named_parameters():
            noise = torch.randn(parameter.shape, generator=generator)
            if parameter.ndim == 2:
                parameter.copy_(noise * min(parameter.shape) ** -0.5)
            else:
                parameter.copy_(0.2 * noise + float("bias" not in name))


def write_theirs(folder: str | Path, model: Any, **settings: Any) -> Path:
    """Save a model of the library into a folder, as the library does (`max_shard_size="10KB"` makes shards)."""
    model.save_pretrained(str(folder), **settings)
    return Path(folder)


def stranger(seed: int = 24) -> Any:
    """A Qwen2, which the course has no table for: a Llama whose queries, keys and values have biases, and whose output
    has none. With every seed the same model each time."""
    import transformers

    config = transformers.Qwen2Config(vocab_size=53, hidden_size=24, num_hidden_layers=2, num_attention_heads=4,
                                      num_key_value_heads=2, intermediate_size=44, max_position_embeddings=48,
                                      tie_word_embeddings=False, bos_token_id=None, eos_token_id=None)  # fmt: skip
    with torch.random.fork_rng(devices=[]):
        model = transformers.Qwen2ForCausalLM(config).eval()
    shake(model, seed)
    return model
