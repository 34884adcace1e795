"""Notebook 13, fine-tuning for question answering: its exercises and its quiz."""

from llmcourse.course.content.ch13.best_span import BEST_SPAN
from llmcourse.course.content.ch13.f1 import F1
from llmcourse.course.content.ch13.merge import MERGE
from llmcourse.course.content.ch13.normalize import NORMALIZE
from llmcourse.course.content.ch13.quiz import QUIZ
from llmcourse.course.content.ch13.token_span import TOKEN_SPAN

EXERCISES = [TOKEN_SPAN, NORMALIZE, F1, BEST_SPAN, MERGE]

__all__ = ["EXERCISES", "QUIZ"]
