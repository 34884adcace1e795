"""The loss of a causal language model, and the units in which people quote it.

A model gives each next token a probability p. Its loss is the mean of -ln p over the tokens: the *cross-entropy*, in
nats per token. Zero is a perfect prophet, ln(vocabulary) is a uniform guess, and no model gets below the entropy of
the text itself: the floor.
"""

import math
from collections.abc import Sequence

import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor

from llmcourse.errors import CourseError

IGNORE = -100  # a target with this value is not scored: padding, and what follows the end of a document


def causal_lm_loss(
    logits: Float[Tensor, "batch position vocab"], targets: Int[Tensor, "batch position"]
) -> Float[Tensor, ""]:
    """Mean of -ln p(target) in nats, over all positions whose target is not `IGNORE`.

    `targets[b, t]` is the token that follows position t: the batch has already shifted it.
    """
    # Each position is one classification problem with `vocab` classes, whichever row of the batch it stands in.
    return F.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=IGNORE)


def perplexity(log_probs: Sequence[float]) -> float:
    """exp(mean of -ln p): among how many equally likely tokens the model seems to choose.

    `log_probs`: ln p of each token. Raises CourseError when there are none.
    """
    if len(log_probs) == 0:
        raise CourseError("the perplexity of no tokens is undefined: give the log-probability of at least one")
    return math.exp(-math.fsum(log_probs) / len(log_probs))


def bits_per_character(log_probs: Sequence[float], text: str) -> float:
    """The loss of a whole text in bits, divided by its characters.

    A token means something else to every tokenizer, a character does not: this number may be compared between models
    with different vocabularies. Raises CourseError on an empty text.
    """
    if not text:
        raise CourseError("an empty text has no bits per character: give the text that was scored")
    return -math.fsum(log_probs) / math.log(2) / len(text)
