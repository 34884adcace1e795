"""Notebook 22, distillation: its exercises and its quiz."""

from llmcourse.course.content.ch22.magnitude_mask import MAGNITUDE_MASK
from llmcourse.course.content.ch22.quiz import QUIZ
from llmcourse.course.content.ch22.soft_target_loss import SOFT_TARGET_LOSS
from llmcourse.course.content.ch22.split_linear import SPLIT_LINEAR
from llmcourse.course.content.ch22.tiny_student import TINY_STUDENT

EXERCISES = [SOFT_TARGET_LOSS, TINY_STUDENT, MAGNITUDE_MASK, SPLIT_LINEAR]

__all__ = ["EXERCISES", "QUIZ"]
