"""How far a model has moved from the one it started from: the KL divergence, measured on the model's own replies.

    KL(p || p_ref) = mean over replies y drawn from p of ln p(y) - ln p_ref(y)

The mean over drawn replies is noisy. At each word of a drawn reply, though, the mean over the *next* word can be taken
exactly, since both models say all its probabilities. What is left to chance is only which words came before.
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float, Int
from torch import Tensor

from llmcourse.corpus.chat import REPLY, chat_ids
from llmcourse.corpus.instructions import Instruction
from llmcourse.corpus.tokenizers import Tokenizer
from llmcourse.inference.generate import evaluating
from llmcourse.model.gpt import GPT
from llmcourse.training.batches import collate
from llmcourse.training.chat import reply_targets
from llmcourse.training.loss import IGNORE


def reply_kl(
    logits: Float[Tensor, "batch position vocab"],
    reference_logits: Float[Tensor, "batch position vocab"],
    replies: Int[Tensor, "batch position"],
) -> Float[Tensor, ""]:
    """KL(model || reference) in nats per reply, for replies drawn from the model: the mean over the batch.

    At each position of a reply: sum over words of p (ln p - ln p_ref). These are summed along the reply. `replies` is
    IGNORE outside of it, and what happens there does not count.
    """
    log_p, log_ref = logits.log_softmax(-1), reference_logits.log_softmax(-1)
    at_each = (log_p.exp() * (log_p - log_ref)).sum(dim=-1)  # batch position
    return at_each.masked_fill(replies == IGNORE, 0.0).sum(dim=1).mean()


@torch.no_grad()
def kl_to_reference(
    model: GPT,
    reference: GPT,
    tokenizer: Tokenizer,
    asked: Sequence[Instruction],
    texts: Sequence[str],
    batch_size: int = 128,
) -> float:
    """`reply_kl` over replies that the model has drawn (temperature 1), one for each instruction."""
    total = 0.0
    with evaluating(model), evaluating(reference):
        for start in range(0, len(texts), batch_size):
            some = slice(start, start + batch_size)
            rows = [chat_ids(tokenizer, one, text) for one, text in zip(asked[some], texts[some], strict=True)]
            batch = collate(rows, tokenizer).to(model.device)
            replies = reply_targets(batch.ids, batch.targets, tokenizer.id_of(REPLY))
            total += reply_kl(model(batch.ids), reference(batch.ids), replies).item() * len(rows)
    return total / len(texts)
