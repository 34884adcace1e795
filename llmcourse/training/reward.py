"""A reward model: one number for each reply, learned from nothing but choices between two.

It is a GPT whose last matrix has a single row: instead of a score for every next token, it gives one for the text so
far. The reward of a reply is the score at its end. Christiano et al. (2017); Ouyang et al. (2022), section 3.5.
"""

import copy
from collections.abc import Sequence

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn

from llmcourse.corpus.chat import REPLY, chat_ids
from llmcourse.corpus.instructions import Instruction
from llmcourse.corpus.tokenizers import Tokenizer
from llmcourse.inference.generate import evaluating
from llmcourse.model.gpt import GPT
from llmcourse.training.batches import collate
from llmcourse.training.chat import reply_targets
from llmcourse.training.loss import IGNORE


class RewardModel(nn.Module):
    """A copy of a GPT that gives one number to a conversation. At first it gives 0 to all."""

    def __init__(self, gpt: GPT):
        super().__init__()
        self.config = gpt.config
        self.gpt = copy.deepcopy(gpt)
        self.gpt.unembedding = nn.Linear(gpt.config.d_model, 1, bias=False).to(gpt.device)
        nn.init.zeros_(self.gpt.unembedding.weight)

    def forward(
        self, ids: Int[Tensor, "batch position"], replies: Int[Tensor, "batch position"]
    ) -> Float[Tensor, "batch"]:
        """The score at the last word of each reply, where `<eos>` is due: `replies` is IGNORE outside of it."""
        scores = self.gpt(ids)[..., 0]  # batch position
        place = torch.arange(ids.shape[1], device=ids.device)
        last = torch.where(replies != IGNORE, place, 0).argmax(dim=1)
        return scores.gather(1, last[:, None])[:, 0]


def bradley_terry_loss(chosen: Float[Tensor, "pair"], rejected: Float[Tensor, "pair"]) -> Float[Tensor, ""]:
    """Mean of -ln p(chosen before rejected) in nats, where p = sigmoid(r_chosen - r_rejected).

    Bradley and Terry (1952). Only differences count: adding the same number to all rewards changes nothing.
    """
    return -F.logsigmoid(chosen - rejected).mean()  # the logarithm of a sigmoid would be -inf far to the left


@torch.no_grad()
def rewards(
    model: nn.Module,
    tokenizer: Tokenizer,
    asked: Sequence[Instruction],
    texts: Sequence[str],
    batch_size: int = 128,
) -> list[float]:
    """The reward that a model gives to each reply; the model is a RewardModel or an ImplicitReward."""
    device = next(model.parameters()).device
    rows = [chat_ids(tokenizer, one, text) for one, text in zip(asked, texts, strict=True)]
    found: list[float] = []
    with evaluating(model):
        for start in range(0, len(rows), batch_size):
            batch = collate(rows[start : start + batch_size], tokenizer).to(device)
            replies = reply_targets(batch.ids, batch.targets, tokenizer.id_of(REPLY))
            found += model(batch.ids, replies).tolist()
    return found


def prefers_better(model: nn.Module, tokenizer: Tokenizer, better: Sequence[tuple[Instruction, str, str]]) -> float:
    """In how many of these (instruction, better reply, worse reply) the better one has the higher reward."""
    asked = [one for one, _, _ in better]
    high = rewards(model, tokenizer, asked, [good for _, good, _ in better])
    low = rewards(model, tokenizer, asked, [bad for _, _, bad in better])
    return sum(first > second for first, second in zip(high, low, strict=True)) / len(better)
