"""Notebook 15, instructions and preferences: its exercises and its quiz."""

from llmcourse.course.content.ch15.bradley_terry import BRADLEY_TERRY
from llmcourse.course.content.ch15.dpo import DPO
from llmcourse.course.content.ch15.quiz import QUIZ
from llmcourse.course.content.ch15.reply_kl import REPLY_KL
from llmcourse.course.content.ch15.reply_targets import REPLY_TARGETS

EXERCISES = [REPLY_TARGETS, BRADLEY_TERRY, DPO, REPLY_KL]

__all__ = ["EXERCISES", "QUIZ"]
