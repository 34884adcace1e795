"""Calibration: when a model says 90%, is it right nine times of ten?

A model can be right often and yet not know when it is wrong. The test: put the guesses with about the same confidence
into one bin, and compare the bin's mean confidence with the share of its guesses that were right.

Guo et al. (2017), On Calibration of Modern Neural Networks: the expected calibration error, and temperature scaling.
"""

from typing import NamedTuple

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, Int
from torch import Tensor

from llmcourse.errors import CourseError


class Bin(NamedTuple):
    """The guesses with about the same confidence."""

    confidence: float  # their mean
    right: float  # the share of them that were right
    size: int


def calibration_bins(confidence: Float[Tensor, "guess"], right: Bool[Tensor, "guess"], n_bins: int = 10) -> list[Bin]:
    """The guesses in bins of equal width from 0 to 1, without the empty ones. A confidence of exactly 1 is in the last.

    Raises CourseError when there are no guesses, or a confidence is no share.
    """
    if not len(confidence):
        raise CourseError("there are no guesses: calibration needs some to count")
    if not ((confidence >= 0) & (confidence <= 1)).all():
        raise CourseError("a confidence is a share between 0 and 1: give probabilities, not scores")
    number = (confidence * n_bins).long().clamp(max=n_bins - 1)  # of each guess's bin
    chosen = [number == n for n in range(n_bins)]
    return [
        Bin(confidence[some].mean().item(), right[some].float().mean().item(), int(some.sum()))
        for some in chosen
        if some.any()
    ]


def calibration_error(confidence: Float[Tensor, "guess"], right: Bool[Tensor, "guess"], n_bins: int = 10) -> float:
    """The expected calibration error: how far confidence and truth lie apart in each bin, averaged over the guesses."""
    bins = calibration_bins(confidence, right, n_bins)
    return sum(b.size * abs(b.confidence - b.right) for b in bins) / len(confidence)


def fit_temperature(logits: Float[Tensor, "text n_classes"], labels: Int[Tensor, "text"]) -> float:
    """The number by which all logits are to be divided so that the labels cost the least.

    No guess changes: dividing keeps the largest largest. Only how sure the model is of it changes. The labels must be
    of texts that the model has not learned from.
    """
    log_temperature = torch.zeros((), requires_grad=True)
    optimizer = torch.optim.LBFGS([log_temperature], max_iter=50, line_search_fn="strong_wolfe")
    logits = logits.detach().float()

    def loss() -> Tensor:
        optimizer.zero_grad()
        value = F.cross_entropy(logits / log_temperature.clamp(-5, 5).exp(), labels)
        value.backward()
        return value

    optimizer.step(loss)
    return float(log_temperature.detach().clamp(-5, 5).exp())
