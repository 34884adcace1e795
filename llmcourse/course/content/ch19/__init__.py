"""Notebook 19, compute: its exercises and its quiz."""

from llmcourse.course.content.ch19.best_run import BEST_RUN
from llmcourse.course.content.ch19.block_flops import BLOCK_FLOPS
from llmcourse.course.content.ch19.compute_optimal import COMPUTE_OPTIMAL
from llmcourse.course.content.ch19.quiz import QUIZ
from llmcourse.course.content.ch19.recomputed_gradient import RECOMPUTED_GRADIENT

EXERCISES = [BLOCK_FLOPS, RECOMPUTED_GRADIENT, BEST_RUN, COMPUTE_OPTIMAL]

__all__ = ["EXERCISES", "QUIZ"]
