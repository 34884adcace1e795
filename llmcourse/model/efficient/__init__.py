"""Attention that costs less, and what can stand in its place.

Read in this order: sliding_window (fewer pairs), chunked (all pairs, but never all at once), linear (a running sum in
place of pairs), state_space (a sum that forgets), latent (a smaller cache), experts (more weights for the same work).
"""

from llmcourse.model.efficient.chunked import chunked_attention, online_softmax_step
from llmcourse.model.efficient.experts import Experts, balance_loss
from llmcourse.model.efficient.latent import LatentAttention, cached_numbers, low_rank_keys_and_values
from llmcourse.model.efficient.linear import chunked_linear_attention, linear_attention
from llmcourse.model.efficient.sliding_window import sliding_window_attention, window_mask
from llmcourse.model.efficient.state_space import StateSpace, chunked_scan, scan

__all__ = [
    "Experts",
    "LatentAttention",
    "StateSpace",
    "balance_loss",
    "cached_numbers",
    "chunked_attention",
    "chunked_linear_attention",
    "chunked_scan",
    "linear_attention",
    "low_rank_keys_and_values",
    "online_softmax_step",
    "scan",
    "sliding_window_attention",
    "window_mask",
]
