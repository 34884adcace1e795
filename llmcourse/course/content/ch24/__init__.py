"""Notebook 24, real models: its exercises and its quiz."""

from llmcourse.course.content.ch24.problem import PROBLEM
from llmcourse.course.content.ch24.qkv import QKV
from llmcourse.course.content.ch24.quiz import QUIZ
from llmcourse.course.content.ch24.rows import ROWS
from llmcourse.course.content.ch24.sizes import SIZES
from llmcourse.course.content.ch24.stranger import STRANGER

EXERCISES = [SIZES, QKV, ROWS, PROBLEM, STRANGER]

__all__ = ["EXERCISES", "QUIZ"]
