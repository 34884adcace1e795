"""Notebook 04, self-attention: its exercises and its quiz."""

from llmcourse.course.content.ch04.attention import ATTENTION
from llmcourse.course.content.ch04.causal_mask import CAUSAL_MASK
from llmcourse.course.content.ch04.previous_token import PREVIOUS_TOKEN
from llmcourse.course.content.ch04.quiz import QUIZ
from llmcourse.course.content.ch04.softmax import SOFTMAX

EXERCISES = [SOFTMAX, ATTENTION, CAUSAL_MASK, PREVIOUS_TOKEN]

__all__ = ["EXERCISES", "QUIZ"]
