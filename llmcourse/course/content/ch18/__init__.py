"""Notebook 18, fast inference: its exercises and its quiz."""

from llmcourse.course.content.ch18.cached_attention import CACHED_ATTENTION
from llmcourse.course.content.ch18.fill_front import FILL_FRONT
from llmcourse.course.content.ch18.good_draft import GOOD_DRAFT
from llmcourse.course.content.ch18.judge import JUDGE
from llmcourse.course.content.ch18.quantize import QUANTIZE
from llmcourse.course.content.ch18.quiz import QUIZ

EXERCISES = [CACHED_ATTENTION, FILL_FRONT, JUDGE, GOOD_DRAFT, QUANTIZE]

__all__ = ["EXERCISES", "QUIZ"]
