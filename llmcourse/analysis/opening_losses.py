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
    for nats, worker in zip(token_log_probs(model, tokenizer, texts, constraint), workers, strict=True):
        told = None if worker is None else worker.position
        for place, value in enumerate(nats.tolist()):
            (at_pronoun if place == told else elsewhere).append(-value)
    total = sum(at_pronoun) + sum(elsewhere)
    count = len(at_pronoun) + len(elsewhere)
    return OpeningLosses(sum(at_pronoun) / len(at_pronoun), sum(elsewhere) / len(elsewhere), total / count)


@torch.no_grad()
def token_log_probs(
    model: GPT, tokenizer: Tokenizer, texts: Sequence[str], constraint: EvenPronouns | None = None
) -> list[Float[Tensor, " token"]]:
    """For each text, ln p of each of its tokens given those before it. Texts of the same length go side by side."""
    encoded = [tokenizer.encode(text, bos=True) for text in texts]
    found: dict[int, Tensor] = {}
    for length in sorted({len(ids) for ids in encoded}):
        places = [place for place, row in enumerate(encoded) if len(row) == length]
        ids = torch.tensor([encoded[place] for place in places], device=model.device)
        logits = model(ids)[:, :-1].float()  # text token vocab
        if constraint is not None:
            is_open = constraint.is_open(ids)[:, :-1]
            logits = share_evenly(logits.flatten(0, 1), constraint.pairs, is_open.flatten()).view_as(logits)
        nats = logits.log_softmax(-1).gather(2, ids[:, 1:, None])[..., 0].cpu()
        found |= dict(zip(places, nats, strict=True))
    return [found[place] for place in range(len(texts))]


def expected_pronoun_loss(world_skew: Number, model_skew: Number) -> float:
    """What a model of one skew loses at the pronoun in a world of another, in nats: their cross-entropy.

    Least where the two are the same; infinite where the model rules out what the world does.
    """
    p = torch.tensor([(1 + world_skew) / 2, (1 - world_skew) / 2], dtype=torch.float64)
    q = torch.tensor([(1 + model_skew) / 2, (1 - model_skew) / 2], dtype=torch.float64)
    return -torch.xlogy(p, q).sum().item()
