"""Notebook 07, encoder, decoder, encoder-decoder: its exercises and its quiz."""

from llmcourse.course.content.ch07.cross_attention import CROSS_ATTENTION
from llmcourse.course.content.ch07.prefix_mask import PREFIX_MASK
from llmcourse.course.content.ch07.quiz import QUIZ
from llmcourse.course.content.ch07.reversing_decoder import REVERSING_DECODER
from llmcourse.course.content.ch07.transformer_parameters import TRANSFORMER_PARAMETERS
from llmcourse.course.content.ch07.write_answer import WRITE_ANSWER

EXERCISES = [PREFIX_MASK, CROSS_ATTENTION, TRANSFORMER_PARAMETERS, WRITE_ANSWER, REVERSING_DECODER]

__all__ = ["EXERCISES", "QUIZ"]
