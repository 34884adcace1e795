"""Fewer heads of keys and values in a trained model: each group of heads is replaced by its mean.

Ainslie et al. (2023), GQA: Training Generalized Multi-Query Transformer Models from Multi-Head Checkpoints. What comes
out is a place to go on training from, not yet a good model.
"""

import dataclasses

import torch

from llmcourse.model import GPT


@torch.no_grad()
def pooled(model: GPT, n_kv_heads: int) -> GPT:
    """A copy of the model with `n_kv_heads` heads of keys and values. Raises ConfigError unless they divide n_heads."""
    before = model.config.kv_heads
    config = dataclasses.replace(model.config, n_kv_heads=n_kv_heads)
    weights = dict(model.state_dict())
    for name, weight in weights.items():
        if ".attention.w_k." in name or ".attention.w_v." in name:  # rows: kv_head · d_head
            groups = weight.unflatten(0, (n_kv_heads, before // n_kv_heads, config.d_head))
            weights[name] = groups.mean(dim=1).flatten(0, 1)
    copy = GPT(config).to(model.device)
    copy.load_state_dict(weights)
    return copy.eval()
