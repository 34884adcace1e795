"""Notebook 00, welcome: its exercises and its quiz."""

from llmcourse.course.content.ch00.most_likely_word import MOST_LIKELY_WORD
from llmcourse.course.content.ch00.perplexity import PERPLEXITY
from llmcourse.course.content.ch00.quiz import QUIZ
from llmcourse.course.content.ch00.weakness import WEAKNESS

EXERCISES = [MOST_LIKELY_WORD, PERPLEXITY, WEAKNESS]

__all__ = ["EXERCISES", "QUIZ"]
