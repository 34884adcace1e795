"""Exposure: how far up in a model's list of guesses a secret stands.

Carlini et al. (2019), The Secret Sharer: take every code that could have been the secret, let the model rank them by
their probability, and count in bits how much the search has become shorter than blind guessing:

    exposure = log2(number of candidates) - log2(rank of the secret)

A model that knows nothing ranks the secret anywhere: the exposure is then 1 / ln 2 = 1.44 bits in the mean. No secret
can have more than log2(number of candidates): it stands first.
"""

import math
from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from llmcourse.corpus.secrets import DIGITS, Secret
from llmcourse.corpus.tokenizers import Tokenizer
from llmcourse.errors import CourseError
from llmcourse.inference.next_logits import select_rows
from llmcourse.model.cache import KVCache
from llmcourse.model.gpt import GPT

BLIND = 1 / math.log(2)  # the mean exposure of a secret that the model has never seen
BEFORE = "A baker lived near the mill."


def exposure(log_probs: Float[Tensor, " candidate"], secret: int) -> float:
    """The exposure in bits of the candidate with this index. Among equals it takes the last rank: no luck is counted.

    Raises CourseError when there is no such candidate.
    """
    if not 0 <= secret < len(log_probs):
        raise CourseError(f"there is no candidate {secret}: there are {len(log_probs)}")
    rank = int((log_probs >= log_probs[secret]).sum())  # the secret itself counts: the best has rank 1
    return math.log2(len(log_probs)) - math.log2(rank)


@torch.no_grad()
def code_log_probs(
    model: GPT, tokenizer: Tokenizer, prompt: str, length: int = 4, words: Sequence[str] = DIGITS
) -> Float[Tensor, " code"]:
    """ln p of every code of so many words after the prompt, in the order of counting: 0000, 0001, ...

    Codes that begin alike share that beginning's keys and values, so 10,000 codes cost about as much as 1,000 texts.
    """
    symbols = torch.tensor([tokenizer.id_of(word) for word in words], device=model.device)
    cache = KVCache(model.config)
    ids = torch.tensor([tokenizer.encode(prompt, bos=True)], device=model.device)
    total = torch.zeros(1, device=model.device)
    for place in range(length):
        if place:
            select_rows(cache, [row for row in range(len(total) // len(words)) for _ in words])
            ids = symbols.repeat(len(total) // len(words))[:, None]
        nats = model(ids, cache=cache)[:, -1].float().log_softmax(-1)[:, symbols]  # beginning word
        total = (total[:, None] + nats).flatten()
    return total.cpu()


def code_index(code: Sequence[str], words: Sequence[str] = DIGITS) -> int:
    """The place of a code in the list of `code_log_probs`."""
    index = 0
    for word in code:
        index = index * len(words) + list(words).index(word)
    return index


def exposure_of(model: GPT, tokenizer: Tokenizer, secret: Secret, before: str = BEFORE) -> float:
    """The exposure of a door's code in a model, asked for behind another text than those it was told in."""
    found = code_log_probs(model, tokenizer, f"{before} {secret.prompt}", len(secret.code))
    return exposure(found, code_index(secret.code))
