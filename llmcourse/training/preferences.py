"""Batches of preferences: pairs of replies as rows, so that whatever gives rewards to rows can learn from them.

A choice between two replies is a classification with two classes. With the two rewards as logits, and the chosen reply
as class 0, the cross-entropy of chapter 10 *is* the loss of Bradley and Terry:

    -ln softmax([r_chosen, r_rejected])_0  =  -ln sigmoid(r_chosen - r_rejected)

So `train` works unchanged, for a reward model and for DPO.
"""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch
from jaxtyping import Float, Int
from torch import Tensor

from llmcourse.corpus.chat import REPLY, chat_ids
from llmcourse.corpus.preferences import Pair
from llmcourse.corpus.tokenizers import Tokenizer
from llmcourse.errors import CourseError
from llmcourse.training.batches import AnyBatch, Row, collate
from llmcourse.training.chat import reply_targets


@dataclass(frozen=True, eq=False)
class PreferenceBatch(AnyBatch):
    """What one step on preferences reads: in each pair, place 0 is the chosen reply and place 1 the rejected one."""

    ids: Int[Tensor, "batch 2 position"]
    replies: Int[Tensor, "batch 2 position"]  # the next token where it belongs to the reply, else IGNORE
    targets: Int[Tensor, "batch 1"]  # all 0: the class that is right is the chosen one

    def logits(self, model: Any) -> Float[Tensor, "batch 1 2"]:
        """The rewards that a model gives to both replies of each pair."""
        rewards = model(self.ids.flatten(0, 1), self.replies.flatten(0, 1))
        return rewards.view(len(self.ids), 1, 2)


class Preferences:
    """A collator for `Batches`, whose rows are pairs: the chosen conversation, and behind it the rejected one.

    Batches(preference_rows(tokenizer, pairs), tokenizer, 2 * context, 16, objective=Preferences(tokenizer))
    """

    def __init__(self, tokenizer: Tokenizer):
        self.tokenizer = tokenizer
        self.reply_id = tokenizer.id_of(REPLY)

    def __call__(self, rows: Sequence[Row], rng: random.Random) -> PreferenceBatch:
        both = [part for row in rows for part in self.parted(row)]
        batch = collate(both, self.tokenizer)
        replies = reply_targets(batch.ids, batch.targets, self.reply_id)
        shape = (len(rows), 2, batch.ids.shape[1])
        return PreferenceBatch(batch.ids.view(shape), replies.view(shape), torch.zeros(len(rows), 1, dtype=torch.long))

    def parted(self, row: Row) -> tuple[Row, Row]:
        """(the chosen conversation, the rejected one). Raises CourseError for a row that is no pair."""
        starts = [at for at, id in enumerate(row) if id == self.tokenizer.bos_id]
        if len(starts) != 2:
            raise CourseError("a row of preferences holds two conversations: make it with preference_rows(…)")
        return row[: starts[1]], row[starts[1] :]


def preference_rows(tokenizer: Tokenizer, pairs: Sequence[Pair]) -> list[Row]:
    """Each pair as one row of ids: two conversations, the chosen one first."""
    return [chat_ids(tokenizer, p.asked, p.chosen) + chat_ids(tokenizer, p.asked, p.rejected) for p in pairs]
