"""Notebook 14, parameter-efficient fine-tuning: its exercises and its quiz."""

from llmcourse.course.content.ch14.lora_linear import LORA_LINEAR
from llmcourse.course.content.ch14.lora_parameters import LORA_PARAMETERS
from llmcourse.course.content.ch14.low_rank import LOW_RANK
from llmcourse.course.content.ch14.merged_weight import MERGED_WEIGHT
from llmcourse.course.content.ch14.quiz import QUIZ
from llmcourse.course.content.ch14.small_change import SMALL_CHANGE

EXERCISES = [LOW_RANK, LORA_LINEAR, LORA_PARAMETERS, MERGED_WEIGHT, SMALL_CHANGE]

__all__ = ["EXERCISES", "QUIZ"]
