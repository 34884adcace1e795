"""From logits to a token: which of all the tokens that could come next is taken.

`with_temperature`, `top_k` and `top_p` turn logits into other logits, so that they can be chained: a token that is
ruled out gets -inf, hence probability 0. `greedy` and `sample` take a token. None of them changes its input.
"""

import math
from collections.abc import Callable

import torch
from jaxtyping import Float, Int
from torch import Tensor

from llmcourse.errors import CourseError

Choose = Callable[..., Tensor]  # logits (batch vocab) -> ids (batch)


def with_temperature(logits: Float[Tensor, "*batch vocab"], temperature: int | float) -> Float[Tensor, "*batch vocab"]:
    """Logits divided by the temperature: below 1 the likely become likelier, above 1 the differences shrink.

    Raises CourseError unless the temperature is above 0; the limit towards 0 is `greedy`.
    """
    if not 0 < temperature < math.inf:
        raise CourseError(f"temperature={temperature} must be above 0: to always take the likeliest token, use greedy")
    return logits / temperature


def top_k(logits: Float[Tensor, "*batch vocab"], k: int) -> Float[Tensor, "*batch vocab"]:
    """Only the k likeliest tokens stay; where some are equally likely, those with the lower ids go first.

    All stay when k is larger than the vocabulary. Raises CourseError for k below 1.
    Fan, Lewis and Dauphin (2018), Hierarchical Neural Story Generation.
    """
    if k < 1:
        raise CourseError(f"top_k={k} must be 1 or more: some token has to stay")
    by_rank = logits.argsort(dim=-1, descending=True, stable=True)  # ids, the likeliest first
    kept = by_rank[..., :k]
    nothing = torch.full_like(logits, -math.inf)
    return nothing.scatter(-1, kept, logits.gather(-1, kept))


def top_p(logits: Float[Tensor, "*batch vocab"], p: int | float) -> Float[Tensor, "*batch vocab"]:
    """Only the likeliest tokens stay: as few as together have a probability of p, and at least one.

    Raises CourseError unless p is above 0 and at most 1.
    Holtzman et al. (2020), The Curious Case of Neural Text Degeneration.
    """
    if not 0 < p <= 1:
        raise CourseError(f"top_p={p} must be above 0 and at most 1: it is a probability")
    if p == 1:
        return logits.clone()  # everything stays; below, rounding could cost the last tokens their place
    ranked, by_rank = logits.float().softmax(dim=-1).sort(dim=-1, descending=True, stable=True)
    likelier = ranked.cumsum(dim=-1) - ranked  # what all likelier tokens have together
    too_late = likelier >= p
    ruled_out = torch.zeros_like(too_late).scatter(-1, by_rank, too_late)  # from ranks back to ids
    return logits.masked_fill(ruled_out, -math.inf)


def greedy(logits: Float[Tensor, "*batch vocab"], generator: torch.Generator | None = None) -> Int[Tensor, "*batch"]:
    """The likeliest token. Nothing is drawn, so `generator` changes nothing."""
    return logits.argmax(dim=-1)


def sample(logits: Float[Tensor, "*batch vocab"], generator: torch.Generator | None = None) -> Int[Tensor, "*batch"]:
    """A token drawn with the model's own probabilities.

    Drawn on the CPU (or where the generator lives), so that a seed gives the same text on every kind of device.
    Raises CourseError when the logits hold NaN or rule out every token.
    """
    device = "cpu" if generator is None else generator.device
    probabilities = logits.detach().to(device=device, dtype=torch.float32).softmax(dim=-1)
    if probabilities.isnan().any():
        raise CourseError("the logits hold NaN, or rule out every token: there is nothing to draw from")
    vocab = logits.shape[-1]
    drawn = torch.multinomial(probabilities.view(-1, vocab), num_samples=1, generator=generator)
    return drawn.view(logits.shape[:-1]).to(logits.device)


def sampler(temperature: int | float = 1.0, k: int | None = None, p: int | float | None = None) -> Choose:
    """Temperature, top-k and top-p in this order, then a draw: a function for `generate(choose=...)`.

    Temperature 0 means greedy. Raises CourseError, at once, for a setting that is out of its range.
    """
    if temperature == 0:
        return greedy

    def choose(
        logits: Float[Tensor, "*batch vocab"], generator: torch.Generator | None = None
    ) -> Int[Tensor, "*batch"]:
        logits = with_temperature(logits, temperature)
        if k is not None:
            logits = top_k(logits, k)
        if p is not None:
            logits = top_p(logits, p)
        return sample(logits, generator)

    choose(torch.zeros(2), torch.Generator())  # a wrong setting shows here, not when the first token is due
    return choose
