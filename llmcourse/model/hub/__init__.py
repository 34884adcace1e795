"""Real models: the files of the Hugging Face Hub, read into the course's own modules, and written from them.

Read in this order: entries (names and packing), settings (config.json), gpt2, llama, qwen3, bert, t5 (one family each),
rotary_layout, files, tensors, loading, saving, tokenizer, download.
"""

from llmcourse.model.hub.download import cached
from llmcourse.model.hub.entries import HubError, split_qkv
from llmcourse.model.hub.loading import HUB_FAMILIES, empty_model, from_pretrained, model_config, model_from_folder
from llmcourse.model.hub.rotary_layout import halves_from_neighbours, neighbours_from_halves
from llmcourse.model.hub.saving import save_pretrained

__all__ = [
    "HUB_FAMILIES",
    "HubError",
    "cached",
    "empty_model",
    "from_pretrained",
    "halves_from_neighbours",
    "model_config",
    "model_from_folder",
    "neighbours_from_halves",
    "save_pretrained",
    "split_qkv",
]
