"""Notebook 09, optimization: its exercises and its quiz."""

from llmcourse.course.content.ch09.adamw_step import ADAMW_STEP
from llmcourse.course.content.ch09.attention_backward import ATTENTION_BACKWARD
from llmcourse.course.content.ch09.backpropagate import BACKPROPAGATE
from llmcourse.course.content.ch09.orthogonalize import ORTHOGONALIZE
from llmcourse.course.content.ch09.quiz import QUIZ
from llmcourse.course.content.ch09.softmax_backward import SOFTMAX_BACKWARD

EXERCISES = [BACKPROPAGATE, SOFTMAX_BACKWARD, ATTENTION_BACKWARD, ADAMW_STEP, ORTHOGONALIZE]

__all__ = ["EXERCISES", "QUIZ"]
