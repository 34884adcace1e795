"""Parameter-efficient fine-tuning: a frozen model, and a little beside it that is trained.

Read in this order: targets (which layers), method (freeze, add, train), lora, low_rank, counting; then the others:
bottleneck, prefix, bitfit; then files (one model, many small files).
"""

from llmcourse.training.tuning.bitfit import BitFit
from llmcourse.training.tuning.bottleneck import Adapters, Bottleneck, bottleneck_parameters
from llmcourse.training.tuning.counting import lora_parameters
from llmcourse.training.tuning.files import AdapterError, base_fingerprint, load_adapter, save_adapter
from llmcourse.training.tuning.lora import (
    LoRA,
    LoRALinear,
    lora_layers,
    lora_linear,
    merge,
    merge_for_good,
    merged_weight,
    unmerge,
)
from llmcourse.training.tuning.low_rank import keep_low_rank, low_rank
from llmcourse.training.tuning.method import Method, method_of, remove_from, trained_parameters
from llmcourse.training.tuning.prefix import PrefixTuning
from llmcourse.training.tuning.targets import linear_layers

__all__ = [
    "AdapterError",
    "Adapters",
    "BitFit",
    "Bottleneck",
    "LoRA",
    "LoRALinear",
    "Method",
    "PrefixTuning",
    "base_fingerprint",
    "bottleneck_parameters",
    "keep_low_rank",
    "linear_layers",
    "load_adapter",
    "lora_layers",
    "lora_linear",
    "lora_parameters",
    "low_rank",
    "merge",
    "merge_for_good",
    "merged_weight",
    "method_of",
    "remove_from",
    "save_adapter",
    "trained_parameters",
    "unmerge",
]
