"""Notebook 20, bias, privacy and ethics: its exercises and its quiz."""

from llmcourse.course.content.ch20.counterfactual import COUNTERFACTUAL
from llmcourse.course.content.ch20.effect_size import EFFECT_SIZE
from llmcourse.course.content.ch20.even_model import EVEN_MODEL
from llmcourse.course.content.ch20.exposure import EXPOSURE
from llmcourse.course.content.ch20.measured_card import MEASURED_CARD
from llmcourse.course.content.ch20.quiz import QUIZ
from llmcourse.course.content.ch20.share_evenly import SHARE_EVENLY

EXERCISES = [EFFECT_SIZE, COUNTERFACTUAL, SHARE_EVENLY, EVEN_MODEL, EXPOSURE, MEASURED_CARD]

__all__ = ["EXERCISES", "QUIZ"]
