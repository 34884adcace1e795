"""Notebook 12, fine-tuning for sentiment: its exercises and its quiz."""

from llmcourse.course.content.ch12.calibration_error import CALIBRATION_ERROR
from llmcourse.course.content.ch12.confusion_matrix import CONFUSION_MATRIX
from llmcourse.course.content.ch12.few_labels import FEW_LABELS
from llmcourse.course.content.ch12.last_real import LAST_REAL
from llmcourse.course.content.ch12.quiz import QUIZ

EXERCISES = [LAST_REAL, CONFUSION_MATRIX, FEW_LABELS, CALIBRATION_ERROR]

__all__ = ["EXERCISES", "QUIZ"]
