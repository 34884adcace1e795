"""A constraint while decoding: where a text has not told a worker's gender yet, "she" and "he" get the same chance.

Nothing is trained. What the model gives to the two words together stays as it is, and is shared out evenly between
them; all other words, and all other places, are left alone.
"""

import math
from collections.abc import Sequence

import torch
from jaxtyping import Bool, Float, Int
from torch import Tensor

from llmcourse.corpus.lexicon import JOBS, NAMES_HE, NAMES_SHE
from llmcourse.corpus.tokenizers import Tokenizer


def share_evenly(
    logits: Float[Tensor, "row vocab"], pairs: Sequence[tuple[int, int]], is_open: Bool[Tensor, " row"]
) -> Float[Tensor, "row vocab"]:
    """In the rows that are open, the two tokens of each pair get half of their common probability each.

    Returns new logits; the softmax of every other token, and of every other row, is what it was.
    """
    even = logits.clone()
    for she, he in pairs:
        half = torch.logaddexp(logits[:, she], logits[:, he]) - math.log(2)
        for token in (she, he):
            even[:, token] = torch.where(is_open, half, logits[:, token])
    return even


class EvenPronouns:
    """The constraint as `generate(adjust=...)` wants it."""

    def __init__(self, tokenizer: Tokenizer):
        id_of = tokenizer.id_of
        self.pairs = [(id_of("she"), id_of("he")), (id_of("She"), id_of("He"))]
        self.jobs = torch.tensor([id_of(job) for job in JOBS])
        names = [id_of(name) for name in (*NAMES_SHE, *NAMES_HE)]
        self.telling = torch.tensor([*names, *(token for pair in self.pairs for token in pair)])
        self.worker = id_of("A")

    def is_open(self, ids: Int[Tensor, "row position"]) -> Bool[Tensor, "row position"]:
        """For each place: has the text up to it begun with a nameless worker of whom no gender is told yet?

        Rows may begin with <bos>.
        """
        begins = (ids[:, :3] == self.worker).any(dim=1, keepdim=True)
        has_job = torch.isin(ids, self.jobs.to(ids.device)).cumsum(dim=1) > 0
        told = torch.isin(ids, self.telling.to(ids.device)).cumsum(dim=1) > 0
        return begins & has_job & ~told

    def __call__(
        self, logits: Float[Tensor, "row vocab"], ids: Int[Tensor, "row position"]
    ) -> Float[Tensor, "row vocab"]:
        return share_evenly(logits, self.pairs, self.is_open(ids)[:, -1])
