"""Training: batches, loss, optimizers, schedules, the loop, and checkpoints that survive a kill."""

from llmcourse.training.batches import Batch, Batches, document_mask, pack
from llmcourse.training.callbacks import Callback, MetricsFile, ProgressBar, RecordMetrics, SaveCheckpoint, TensorBoard
from llmcourse.training.config import TrainConfig
from llmcourse.training.evaluation import evaluate, unigram_baseline
from llmcourse.training.loop import train
from llmcourse.training.loss import bits_per_character, causal_lm_loss, perplexity
from llmcourse.training.run import History, Run, TrainingDiverged
from llmcourse.training.schedules import warmup_cosine, warmup_stable_decay

__all__ = [
    "Batch",
    "Batches",
    "Callback",
    "History",
    "MetricsFile",
    "ProgressBar",
    "RecordMetrics",
    "Run",
    "SaveCheckpoint",
    "TensorBoard",
    "TrainConfig",
    "TrainingDiverged",
    "bits_per_character",
    "causal_lm_loss",
    "document_mask",
    "evaluate",
    "pack",
    "perplexity",
    "train",
    "unigram_baseline",
    "warmup_cosine",
    "warmup_stable_decay",
]
