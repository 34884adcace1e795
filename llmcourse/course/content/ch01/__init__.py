"""Notebook 01, collecting and cleaning text: its exercises and its quiz."""

from llmcourse.course.content.ch01.best_bands import BEST_BANDS
from llmcourse.course.content.ch01.candidate_pairs import CANDIDATE_PAIRS
from llmcourse.course.content.ch01.minhash import MINHASH
from llmcourse.course.content.ch01.quiz import QUIZ
from llmcourse.course.content.ch01.redact_mail import REDACT_MAIL
from llmcourse.course.content.ch01.shingles import SHINGLES

EXERCISES = [REDACT_MAIL, SHINGLES, MINHASH, CANDIDATE_PAIRS, BEST_BANDS]

__all__ = ["EXERCISES", "QUIZ"]
