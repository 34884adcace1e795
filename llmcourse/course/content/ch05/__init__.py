"""Notebook 05, multi-head attention: its exercises and its quiz."""

from llmcourse.course.content.ch05.induction import INDUCTION
from llmcourse.course.content.ch05.multi_head import MULTI_HEAD
from llmcourse.course.content.ch05.quiz import QUIZ
from llmcourse.course.content.ch05.score import SCORE
from llmcourse.course.content.ch05.share import SHARE
from llmcourse.course.content.ch05.split import SPLIT

EXERCISES = [SPLIT, MULTI_HEAD, SHARE, SCORE, INDUCTION]

__all__ = ["EXERCISES", "QUIZ"]
