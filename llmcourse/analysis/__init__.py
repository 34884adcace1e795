"""Measuring what happens inside a model, against what is known to be true."""

from llmcourse.analysis.agreement import agreement
from llmcourse.analysis.heads import PATTERNS, head_scores, pattern_links, uniform_scores

__all__ = ["PATTERNS", "agreement", "head_scores", "pattern_links", "uniform_scores"]
