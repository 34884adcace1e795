"""Notebook 17, generation: its exercises and its quiz."""

from llmcourse.course.content.ch17.allow_only import ALLOW_ONLY
from llmcourse.course.content.ch17.beam_search import BEAM_SEARCH
from llmcourse.course.content.ch17.expand_beams import EXPAND_BEAMS
from llmcourse.course.content.ch17.held_back import HELD_BACK
from llmcourse.course.content.ch17.min_p import MIN_P
from llmcourse.course.content.ch17.my_decoder import MY_DECODER
from llmcourse.course.content.ch17.quiz import QUIZ
from llmcourse.course.content.ch17.repetition_penalty import REPETITION_PENALTY
from llmcourse.course.content.ch17.temperature import TEMPERATURE
from llmcourse.course.content.ch17.top_k import TOP_K
from llmcourse.course.content.ch17.top_p import TOP_P
from llmcourse.course.content.ch17.typical_p import TYPICAL_P

EXERCISES = [
    TEMPERATURE,
    TOP_K,
    TOP_P,
    MIN_P,
    TYPICAL_P,
    MY_DECODER,
    REPETITION_PENALTY,
    EXPAND_BEAMS,
    BEAM_SEARCH,
    HELD_BACK,
    ALLOW_ONLY,
]

__all__ = ["EXERCISES", "QUIZ"]
