"""Notebook 02, tokenization: its exercises and its quiz."""

from llmcourse.course.content.ch02.count_pairs import COUNT_PAIRS
from llmcourse.course.content.ch02.merge_pair import MERGE_PAIR
from llmcourse.course.content.ch02.merge_piece import MERGE_PIECE
from llmcourse.course.content.ch02.number_pattern import NUMBER_PATTERN
from llmcourse.course.content.ch02.quiz import QUIZ

EXERCISES = [COUNT_PAIRS, MERGE_PAIR, MERGE_PIECE, NUMBER_PATTERN]

__all__ = ["EXERCISES", "QUIZ"]
