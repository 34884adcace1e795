"""Notebook 10, pretraining a GPT: its exercises and its quiz."""

from llmcourse.course.content.ch10.causal_lm_loss import CAUSAL_LM_LOSS
from llmcourse.course.content.ch10.clip_gradients import CLIP_GRADIENTS
from llmcourse.course.content.ch10.quiz import QUIZ
from llmcourse.course.content.ch10.small_model import SMALL_MODEL
from llmcourse.course.content.ch10.training_step import TRAINING_STEP
from llmcourse.course.content.ch10.warmup_cosine import WARMUP_COSINE

EXERCISES = [CAUSAL_LM_LOSS, TRAINING_STEP, WARMUP_COSINE, CLIP_GRADIENTS, SMALL_MODEL]

__all__ = ["EXERCISES", "QUIZ"]
