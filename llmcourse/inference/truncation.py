"""Truncation: which of the tokens that could come next are left to draw from.

A model is never quite sure that a wrong token is impossible, and what it leaves to thousands of them adds up. Each
function here rules tokens out: their logit becomes -inf, hence their probability 0, and the others share the rest in
proportion. They differ in what they look at. All of them keep at least one token, and where equally likely tokens
compete for the last places, those with the lower ids go first. None changes its input.
"""

import math

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from llmcourse.errors import CourseError


def top_k(logits: Float[Tensor, "*batch vocab"], k: int) -> Float[Tensor, "*batch vocab"]:
    """Only the k likeliest tokens stay; where some are equally likely, those with the lower ids go first.

    All stay when k is larger than the vocabulary. Raises CourseError for k below 1.
    Fan, Lewis and Dauphin (2018), Hierarchical Neural Story Generation.
    """
    if k < 1:
        raise CourseError(f"top_k={k} must be 1 or more: some token has to stay")
    by_rank = logits.argsort(dim=-1, descending=True, stable=True)  # ids, the likeliest first
    kept = by_rank[..., :k]
    nothing = torch.full_like(logits, -math.inf)
    return nothing.scatter(-1, kept, logits.gather(-1, kept))


def top_p(logits: Float[Tensor, "*batch vocab"], p: int | float) -> Float[Tensor, "*batch vocab"]:
    """Only the likeliest tokens stay: as few as together have a probability of p, and at least one.

    Raises CourseError unless p is above 0 and at most 1.
    Holtzman et al. (2020), The Curious Case of Neural Text Degeneration.
    """
    if not 0 < p <= 1:
        raise CourseError(f"top_p={p} must be above 0 and at most 1: it is a probability")
    if p == 1:
        return logits.clone()  # everything stays; below, rounding could cost the last tokens their place
    probabilities = logits.float().softmax(dim=-1)
    by_rank = probabilities.argsort(dim=-1, descending=True, stable=True)  # ids, the likeliest first
    ranked = probabilities.gather(-1, by_rank)
    likelier = ranked.cumsum(dim=-1) - ranked  # what all likelier tokens have together
    too_late = likelier >= p
    ruled_out = torch.zeros_like(too_late).scatter(-1, by_rank, too_late)  # from ranks back to ids
    return logits.masked_fill(ruled_out, -math.inf)


def min_p(logits: Float[Tensor, "*batch vocab"], p: int | float) -> Float[Tensor, "*batch vocab"]:
    """Only tokens stay that are at least p times as likely as the likeliest one.

    So where the model is sure, few stay, and where it is not, many. Raises CourseError unless p is above 0 and at
    most 1; at 1, only the likeliest stay. Nguyen et al. (2025), Turning Up the Heat: Min-p Sampling for Creative and
    Coherent LLM Outputs.
    """
    if not 0 < p <= 1:
        raise CourseError(f"min_p={p} must be above 0 and at most 1: it is a share of the largest probability")
    probabilities = logits.float().softmax(dim=-1)
    return logits.masked_fill(probabilities < p * probabilities.amax(dim=-1, keepdim=True), -math.inf)


def typical_p(logits: Float[Tensor, "*batch vocab"], p: int | float) -> Float[Tensor, "*batch vocab"]:
    """Only the most typical tokens stay: as few as together have a probability of p, and at least one.

    A token is typical when its surprise, -ln of its probability, is near the mean surprise here, which is the entropy.
    So the likeliest token may have to go: where everything is open, it would say too little.

    Raises CourseError unless p is above 0 and at most 1.
    Meister et al. (2023), Locally Typical Sampling.
    """
    if not 0 < p <= 1:
        raise CourseError(f"typical_p={p} must be above 0 and at most 1: it is a probability")
    if p == 1:
        return logits.clone()
    log_probs = logits.float().log_softmax(dim=-1)
    probabilities = log_probs.exp()
    mean_surprise = -(probabilities * log_probs.masked_fill(probabilities == 0, 0)).sum(dim=-1, keepdim=True)
    off = (-log_probs - mean_surprise).abs()
    by_rank = off.argsort(dim=-1, stable=True)  # ids, the most typical first
    ranked = probabilities.gather(-1, by_rank)
    too_late = ranked.cumsum(dim=-1) - ranked >= p
    ruled_out = torch.zeros_like(too_late).scatter(-1, by_rank, too_late)
    return logits.masked_fill(ruled_out, -math.inf)


def stays(logits: Float[Tensor, "*batch vocab"], ids: Int[Tensor, "*batch"]) -> Bool[Tensor, "*batch"]:
    """Whether each of these tokens can still be drawn."""
    return logits.gather(-1, ids[..., None])[..., 0] > -math.inf
