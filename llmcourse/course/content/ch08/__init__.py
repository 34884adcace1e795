"""Notebook 08, objectives: its exercises and its quiz."""

from llmcourse.course.content.ch08.bits_per_character import BITS_PER_CHARACTER
from llmcourse.course.content.ch08.cut_out import CUT_OUT
from llmcourse.course.content.ch08.document_mask import DOCUMENT_MASK
from llmcourse.course.content.ch08.hide_words import HIDE_WORDS
from llmcourse.course.content.ch08.next_token_targets import NEXT_TOKEN_TARGETS
from llmcourse.course.content.ch08.quiz import QUIZ

EXERCISES = [NEXT_TOKEN_TARGETS, HIDE_WORDS, CUT_OUT, BITS_PER_CHARACTER, DOCUMENT_MASK]

__all__ = ["EXERCISES", "QUIZ"]
