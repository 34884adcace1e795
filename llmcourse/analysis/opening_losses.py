"""What a model loses on openings, in two parts: at the one word that the skew decides, and at all others."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from llmcourse.corpus.openings import worker_of
from llmcourse.corpus.tokenizers import Tokenizer
from llmcourse.errors import CourseError
from llmcourse.inference.even_pronouns import EvenPronouns, share_evenly
from llmcourse.model.gpt import GPT

Number = int | float


class OpeningLosses(NamedTuple):
    """In nats. Their mean, weighed by how often each kind of place comes, is the loss per token."""

    at_pronoun: float  # per nameless worker, at the word that tells the gender
    elsewhere: float  # per token
    per_token: float  # over all


@torch.no_grad()
def opening_losses(
    model: GPT, tokenizer: Tokenizer, texts: Sequence[str], constraint: EvenPronouns | None = None
) -> OpeningLosses:
    """The losses on openings, with a constraint on the model's probabilities if one is given.

    Raises CourseError when no text is about a nameless worker.
    """
    workers = [worker_of(text) for text in texts]
    if not any(workers):
        raise CourseError("none of these openings is about a nameless worker: there is no pronoun to score")
    at_pronoun, elsewhere = list[float](), list[float]()
    for text, worker in zip(texts, workers, strict=True):
        nats = -token_log_probs(model, tokenizer, text, constraint)
        told = None if worker is None else worker.position
        for place, value in enumerate(nats.tolist()):
            (at_pronoun if place == told else elsewhere).append(value)
    total = sum(at_pronoun) + sum(elsewhere)
    count = len(at_pronoun) + len(elsewhere)
    return OpeningLosses(sum(at_pronoun) / len(at_pronoun), sum(elsewhere) / len(elsewhere), total / count)


@torch.no_grad()
def token_log_probs(
    model: GPT, tokenizer: Tokenizer, text: str, constraint: EvenPronouns | None = None
) -> Float[Tensor, " token"]:
    """ln p of each token of a text given those before it."""
    ids = torch.tensor([tokenizer.encode(text, bos=True)], device=model.device)
    logits = model(ids)[0, :-1].float()  # token vocab
    if constraint is not None:
        logits = share_evenly(logits, constraint.pairs, constraint.is_open(ids)[0, :-1])
    return logits.log_softmax(-1).gather(1, ids[0, 1:, None])[:, 0].cpu()


def expected_pronoun_loss(world_skew: Number, model_skew: Number) -> float:
    """What a model of one skew loses at the pronoun in a world of another, in nats: their cross-entropy.

    Least where the two are the same; infinite where the model rules out what the world does.
    """
    p = torch.tensor([(1 + world_skew) / 2, (1 - world_skew) / 2], dtype=torch.float64)
    q = torch.tensor([(1 + model_skew) / 2, (1 - model_skew) / 2], dtype=torch.float64)
    return -torch.xlogy(p, q).sum().item()
