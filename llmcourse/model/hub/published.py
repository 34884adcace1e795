"""What the config.json of six published models says, as far as their shape goes, and how many parameters they have.

The sizes are those of the weights as published: of BERT without the head that it was pretrained with. They are known
from the models' papers and pages, so they check both the translation of a config and the parts built from it.
"""
# ruff: noqa: C408 (settings as keywords read better than as quoted names)

from typing import Any

LLAMA_32_ROPE = {"rope_type": "llama3", "factor": 32.0, "low_freq_factor": 1.0, "high_freq_factor": 4.0,
                 "original_max_position_embeddings": 8192}  # fmt: skip

#: name on the Hub: (settings, number of parameters).
PUBLISHED: dict[str, tuple[dict[str, Any], int]] = {
    "gpt2": (
        dict(model_type="gpt2", vocab_size=50_257, n_positions=1024, n_embd=768, n_layer=12, n_head=12),
        124_439_808,
    ),
    "bert-base-uncased": (
        dict(model_type="bert", vocab_size=30_522, max_position_embeddings=512, hidden_size=768, num_hidden_layers=12,
             num_attention_heads=12, intermediate_size=3072, type_vocab_size=2),
        109_482_240,
    ),
    "t5-small": (
        dict(model_type="t5", vocab_size=32_128, n_positions=512, d_model=512, d_kv=64, d_ff=2048, num_layers=6,
             num_heads=8),
        60_506_624,
    ),
    "HuggingFaceTB/SmolLM2-135M": (
        dict(model_type="llama", vocab_size=49_152, max_position_embeddings=8192, hidden_size=576,
             num_hidden_layers=30, num_attention_heads=9, num_key_value_heads=3, intermediate_size=1536,
             rms_norm_eps=1e-5, rope_theta=100_000, tie_word_embeddings=True),
        134_515_008,
    ),
    "Qwen/Qwen3-0.6B": (
        dict(model_type="qwen3", vocab_size=151_936, max_position_embeddings=40_960, hidden_size=1024,
             num_hidden_layers=28, num_attention_heads=16, num_key_value_heads=8, head_dim=128,
             intermediate_size=3072, rms_norm_eps=1e-6, rope_theta=1_000_000, tie_word_embeddings=True),
        596_049_920,
    ),
    "meta-llama/Llama-3.2-1B": (
        dict(model_type="llama", vocab_size=128_256, max_position_embeddings=131_072, hidden_size=2048,
             num_hidden_layers=16, num_attention_heads=32, num_key_value_heads=8, head_dim=64,
             intermediate_size=8192, rms_norm_eps=1e-5, rope_theta=500_000.0, rope_scaling=LLAMA_32_ROPE,
             tie_word_embeddings=True),
        1_235_814_400,
    ),
}  # fmt: skip
