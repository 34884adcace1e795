"""Measuring what happens inside a model, against what is known to be true."""

from llmcourse.analysis.heads import PATTERNS, head_scores, pattern_links, uniform_scores
from llmcourse.analysis.ngrams import NgramModel
from llmcourse.analysis.snapshots import Snapshots
from llmcourse.analysis.token_kinds import (
    KINDS,
    copied,
    floor_by_kind,
    loss_by_kind,
    mean_by_label,
    token_kinds,
    token_losses,
)

__all__ = [
    "KINDS",
    "PATTERNS",
    "NgramModel",
    "Snapshots",
    "copied",
    "floor_by_kind",
    "head_scores",
    "loss_by_kind",
    "mean_by_label",
    "pattern_links",
    "token_kinds",
    "token_losses",
    "uniform_scores",
]
