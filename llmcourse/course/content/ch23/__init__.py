"""Notebook 23, efficient Transformers: its exercises and its quiz."""

from llmcourse.course.content.ch23.balance import BALANCE
from llmcourse.course.content.ch23.linear import LINEAR
from llmcourse.course.content.ch23.online_softmax import ONLINE_SOFTMAX
from llmcourse.course.content.ch23.quiz import QUIZ
from llmcourse.course.content.ch23.small_memory import SMALL_MEMORY
from llmcourse.course.content.ch23.window import WINDOW

EXERCISES = [WINDOW, ONLINE_SOFTMAX, LINEAR, BALANCE, SMALL_MEMORY]

__all__ = ["EXERCISES", "QUIZ"]
