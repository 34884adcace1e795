"""Notebook 06, the Transformer block: its exercises and its quiz."""

from llmcourse.course.content.ch06.gelu import GELU
from llmcourse.course.content.ch06.layer_norm import LAYER_NORM
from llmcourse.course.content.ch06.memory import MEMORY
from llmcourse.course.content.ch06.pre_norm_block import PRE_NORM_BLOCK
from llmcourse.course.content.ch06.quiz import QUIZ

EXERCISES = [GELU, MEMORY, LAYER_NORM, PRE_NORM_BLOCK]

__all__ = ["EXERCISES", "QUIZ"]
