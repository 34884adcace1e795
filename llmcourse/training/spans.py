"""Answers that are pointed at, as labelled rows: the loop of chapter 10 trains a span head on them unchanged.

What the model is asked is a classification again, twice for each window: which token is the first of the answer, and
which the last. The classes are the positions; the first of them, `<bos>`, says that the window has no answer.
"""

from collections.abc import Iterable, Sequence
from typing import Any

from llmcourse.corpus.squad import SpanQuestion
from llmcourse.corpus.tokenizers import Tokenizer
from llmcourse.corpus.windows import windows
from llmcourse.errors import CourseError
from llmcourse.model.bert import BERT
from llmcourse.model.span_head import SpanReader, with_segments
from llmcourse.training.config import TrainConfig
from llmcourse.training.labelled import LabelledBatches, LabelledRow
from llmcourse.training.loop import train
from llmcourse.training.run import History

BATCH_SIZE = 16
#: The whole run, which `make bench` measures; chapter 13 makes a short one.
QUESTIONS, STEPS = 8_000, 1_000


def span_rows(
    questions: Sequence[SpanQuestion], tokenizer: Tokenizer, size: int = 128, stride: int = 48, gap: bool = False
) -> list[LabelledRow]:
    """Each window of each question as a row with two targets: the first and the last token of the answer.

    size, stride, gap: as `windows` takes them. Raises CourseError when there are no questions, and as `windows` does.
    """
    if not questions:
        raise CourseError("there is nothing to train on: the list of questions is empty")
    read = [window for question in questions for window in windows(question, tokenizer, size, stride, gap)]
    return [LabelledRow(window.ids, window.target, window.segments) for window in read]


def finetune_spans(
    model: SpanReader,
    questions: Sequence[SpanQuestion],
    tokenizer: Tokenizer,
    config: TrainConfig,
    callbacks: Iterable[Any] = (),
    batch_size: int = BATCH_SIZE,
) -> History:
    """Train the reader in place on questions with marked answers; it is `train` with other batches."""
    context = model.config.context
    rows = span_rows(questions, tokenizer, context, gap=model.gap_id is not None)
    return train(model, LabelledBatches(rows, tokenizer, context, batch_size, config.seed), config, callbacks)


def span_reader(bert: BERT, seed: int | None = None, gap_id: int | None = None) -> SpanReader:
    """A reader on a copy of the BERT, or, with a `seed`, on one of the same shape that was never trained.

    `gap_id`: the id of `<mask>`, for a reader that points from a gap behind the question.
    """
    reader = SpanReader(with_segments(bert), gap_id=gap_id)
    if seed is not None:
        reader.backbone.initialize(seed)
    return reader


def span_config(steps: int, seed: int = 0) -> TrainConfig:
    """How the course fine-tunes its readers, with pretraining or without."""
    return TrainConfig(
        steps=steps, optimizer="muon", lr=2e-3, muon_lr=0.02, weight_decay=0.02, warmup=0.05, final=0.0, seed=seed
    )
