"""Notebook 11, pretraining a BERT and an encoder-decoder: its exercises and its quiz."""

from llmcourse.course.content.ch11.copying_bert import COPYING_BERT
from llmcourse.course.content.ch11.fill_gaps import FILL_GAPS
from llmcourse.course.content.ch11.gap_accuracy import GAP_ACCURACY
from llmcourse.course.content.ch11.pseudo_log_likelihood import PSEUDO_LOG_LIKELIHOOD
from llmcourse.course.content.ch11.quiz import QUIZ
from llmcourse.course.content.ch11.repeated_places import REPEATED_PLACES
from llmcourse.course.content.ch11.shifted_right import SHIFTED_RIGHT

EXERCISES = [REPEATED_PLACES, GAP_ACCURACY, COPYING_BERT, SHIFTED_RIGHT, PSEUDO_LOG_LIKELIHOOD, FILL_GAPS]

__all__ = ["EXERCISES", "QUIZ"]
