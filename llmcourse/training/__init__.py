"""Training: batches, loss, optimizers, schedules, the loop, and checkpoints that survive a kill."""

from llmcourse.training.batches import Batch, Batches, document_mask, pack
from llmcourse.training.callbacks import Callback, MetricsFile, ProgressBar, RecordMetrics, SaveCheckpoint, TensorBoard
from llmcourse.training.config import TrainConfig
from llmcourse.training.evaluation import evaluate, unigram_baseline
from llmcourse.training.finetuning import accuracy_of, count_trained, finetune, freeze, predict, unfreeze
from llmcourse.training.labelled import LabelledBatch, LabelledBatches, LabelledRow
from llmcourse.training.loop import train
from llmcourse.training.loss import bits_per_character, causal_lm_loss, perplexity
from llmcourse.training.run import History, Run, TrainingDiverged
from llmcourse.training.schedules import warmup_cosine, warmup_stable_decay

__all__ = [
    "Batch",
    "Batches",
    "Callback",
    "History",
    "LabelledBatch",
    "LabelledBatches",
    "LabelledRow",
    "MetricsFile",
    "ProgressBar",
    "RecordMetrics",
    "Run",
    "SaveCheckpoint",
    "TensorBoard",
    "TrainConfig",
    "TrainingDiverged",
    "accuracy_of",
    "bits_per_character",
    "causal_lm_loss",
    "count_trained",
    "document_mask",
    "evaluate",
    "finetune",
    "freeze",
    "pack",
    "perplexity",
    "predict",
    "train",
    "unfreeze",
    "unigram_baseline",
    "warmup_cosine",
    "warmup_stable_decay",
]
