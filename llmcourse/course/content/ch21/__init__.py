"""Notebook 21, interpretability: its exercises and its quiz."""

from llmcourse.course.content.ch21.circuit import CIRCUIT
from llmcourse.course.content.ch21.gradients import GRADIENTS
from llmcourse.course.content.ch21.quiz import QUIZ
from llmcourse.course.content.ch21.recovered import RECOVERED
from llmcourse.course.content.ch21.rollout import ROLLOUT

EXERCISES = [RECOVERED, ROLLOUT, GRADIENTS, CIRCUIT]

__all__ = ["EXERCISES", "QUIZ"]
