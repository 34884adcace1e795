"""Notebook 03, embeddings and positions: its exercises and its quiz."""

from llmcourse.course.content.ch03.alibi import ALIBI
from llmcourse.course.content.ch03.embedding import EMBEDDING
from llmcourse.course.content.ch03.far_reader import FAR_READER
from llmcourse.course.content.ch03.quiz import QUIZ
from llmcourse.course.content.ch03.rotary import ROTARY
from llmcourse.course.content.ch03.sinusoidal import SINUSOIDAL

EXERCISES = [EMBEDDING, SINUSOIDAL, ROTARY, ALIBI, FAR_READER]

__all__ = ["EXERCISES", "QUIZ"]
