"""Instruction tuning: the loss of chapter 10, and only the reply is scored.

    ids       <bos> <user> <answer> Mia lost … ? <reply> Mia  .
    targets     -      -       -     -   -  -    -   Mia   .  <eos>

What the user says is read, not learned: the model is to answer such texts, not to write them.
"""

import random
from collections.abc import Sequence
from dataclasses import replace

from jaxtyping import Int
from torch import Tensor

from llmcourse.corpus.chat import REPLY, chat_ids, chat_tokenizer
from llmcourse.corpus.instructions import Instruction
from llmcourse.corpus.tokenizers import Tokenizer
from llmcourse.errors import CourseError
from llmcourse.model.checkpoint import pretrained
from llmcourse.model.gpt import GPT
from llmcourse.model.grow import with_vocabulary
from llmcourse.training.batches import Batch, Row, collate
from llmcourse.training.config import TrainConfig
from llmcourse.training.loss import IGNORE


def reply_targets(
    ids: Int[Tensor, "batch position"], targets: Int[Tensor, "batch position"], reply_id: int
) -> Int[Tensor, "batch position"]:
    """The targets of the reply and its end; all before it becomes `IGNORE`.

    `ids` are what the model reads, `targets` what comes next at each position. The first scored position is the one
    of `reply_id` itself: that is where the first word of the reply is due.
    """
    has_begun = (ids == reply_id).cumsum(dim=1) > 0
    return targets.masked_fill(~has_begun, IGNORE)


class ReplyOnly:
    """A collator for `Batches`: next-token targets, of which only those of the reply are scored."""

    def __init__(self, tokenizer: Tokenizer):
        self.tokenizer = tokenizer
        self.reply_id = tokenizer.id_of(REPLY)

    def __call__(self, rows: Sequence[Row], rng: random.Random) -> Batch:
        batch = collate(rows, self.tokenizer)
        for row in rows:
            if self.reply_id not in row:
                raise CourseError(f"a row has no {REPLY}: make rows of instructions with chat_ids(tokenizer, …)")
        return replace(batch, targets=reply_targets(batch.ids, batch.targets, self.reply_id))


def chat_rows(tokenizer: Tokenizer, asked: Sequence[Instruction]) -> list[Row]:
    """Every instruction with its right reply as one row of ids."""
    return [chat_ids(tokenizer, one) for one in asked]


def untuned() -> tuple[GPT, Tokenizer]:
    """The course's GPT with room for the marks of the chat template, of which it knows nothing yet."""
    model, _ = pretrained("gpt-world")
    tokenizer = chat_tokenizer()
    return with_vocabulary(model, tokenizer.vocab_size), tokenizer


def tuning_config(steps: int, lr: int | float = 2e-3, seed: int = 0) -> TrainConfig:
    """How instructions are taught: AdamW at half the rate of pretraining, and no weight decay."""
    return TrainConfig(steps=steps, lr=lr, weight_decay=0.0, warmup=0.05, seed=seed)
