"""Direct preference optimization: the language model is its own reward model.

Among all models, the one with the highest mean reward r(y) - beta KL(model || reference) is known:

    p(y) is proportional to p_ref(y) e^(r(y) / beta)

Turned around, a model that has learned some p *has* a reward, beta ln p(y) / p_ref(y), up to a constant that is the
same for all replies to a prompt and cancels between two of them. So the loss of Bradley and Terry can be laid directly
on the language model, and no reward model is needed. Rafailov et al. (2023).
"""

import copy

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn

from llmcourse.errors import CourseError
from llmcourse.model.gpt import GPT
from llmcourse.training.loss import IGNORE
from llmcourse.training.reward import bradley_terry_loss


def reply_log_prob(
    logits: Float[Tensor, "batch position vocab"], replies: Int[Tensor, "batch position"]
) -> Float[Tensor, "batch"]:
    """ln p of each whole reply: the sum over its tokens. `replies` is IGNORE wherever there is none of it."""
    return -F.cross_entropy(logits.mT, replies, ignore_index=IGNORE, reduction="none").sum(dim=1)


def dpo_loss(
    chosen: Float[Tensor, "pair"],
    rejected: Float[Tensor, "pair"],
    reference_chosen: Float[Tensor, "pair"],
    reference_rejected: Float[Tensor, "pair"],
    beta: int | float = 0.1,
) -> Float[Tensor, ""]:
    """The mean loss of Bradley and Terry, with beta ln p / p_ref as the reward. All four are ln p of whole replies.

    Rafailov et al. (2023), equation 7.
    """
    return bradley_terry_loss(beta * (chosen - reference_chosen), beta * (rejected - reference_rejected))


class ImplicitReward(nn.Module):
    """The reward that a language model gives to replies: beta ln p / p_ref. To train it is DPO.

    policy:     the model that learns, in place
    reference:  where it starts from and is held to; a copy of it that learns nothing is kept

    Raises CourseError for a beta that is not above 0.
    """

    def __init__(self, policy: GPT, reference: GPT | None = None, beta: int | float = 0.1):
        super().__init__()
        if not beta > 0:
            raise CourseError(f"beta is {beta}; it must be above 0: at 0 nothing holds the model to the reference")
        self.config, self.beta = policy.config, beta
        self.policy = policy
        self.reference = copy.deepcopy(reference or policy).eval().requires_grad_(False)

    def forward(
        self, ids: Int[Tensor, "batch position"], replies: Int[Tensor, "batch position"]
    ) -> Float[Tensor, "batch"]:
        with torch.no_grad():
            before = reply_log_prob(self.reference(ids), replies)
        return self.beta * (reply_log_prob(self.policy(ids), replies) - before)
