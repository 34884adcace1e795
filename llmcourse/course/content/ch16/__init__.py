"""Notebook 16, from text to understanding: its exercises and its quiz."""

from llmcourse.course.content.ch16.batches_within import BATCHES_WITHIN
from llmcourse.course.content.ch16.fit_question import FIT_QUESTION
from llmcourse.course.content.ch16.nearest_mean import NEAREST_MEAN
from llmcourse.course.content.ch16.pad_batch import PAD_BATCH
from llmcourse.course.content.ch16.quiz import QUIZ

EXERCISES = [PAD_BATCH, FIT_QUESTION, BATCHES_WITHIN, NEAREST_MEAN]

__all__ = ["EXERCISES", "QUIZ"]
