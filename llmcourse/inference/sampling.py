"""From logits to a token: which of all the tokens that could come next is taken.

`with_temperature`, like all truncations and penalties, turns logits into other logits, so that they can be chained.
`greedy` and `sample` take a token, and `sampler` makes one function of the whole chain. None of them changes its input.
"""

import math
from collections.abc import Callable

import torch
from jaxtyping import Float, Int
from torch import Tensor

from llmcourse.errors import CourseError
from llmcourse.inference import truncation

Choose = Callable[..., Tensor]  # logits (batch vocab) -> ids (batch)


def with_temperature(logits: Float[Tensor, "*batch vocab"], temperature: int | float) -> Float[Tensor, "*batch vocab"]:
    """Logits divided by the temperature: below 1 the likely become likelier, above 1 the differences shrink.

    Raises CourseError unless the temperature is above 0; the limit towards 0 is `greedy`.
    """
    if not 0 < temperature < math.inf:
        raise CourseError(f"temperature={temperature} must be above 0: to always take the likeliest token, use greedy")
    return logits / temperature


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


def sampler(
    temperature: int | float = 1.0,
    k: int | None = None,
    p: int | float | None = None,
    min_p: int | float | None = None,
    typical_p: int | float | None = None,
) -> Choose:
    """Temperature, top-k, top-p, min-p and typical sampling in this order, then a draw: for `generate(choose=...)`.

    What is None is left out. Temperature 0 means greedy. Raises CourseError, at once, for a setting out of its range.
    """

    def chain(logits: Float[Tensor, "*batch vocab"]) -> Float[Tensor, "*batch vocab"]:
        if temperature != 0:
            logits = with_temperature(logits, temperature)
        if k is not None:
            logits = truncation.top_k(logits, k)
        if p is not None:
            logits = truncation.top_p(logits, p)
        if min_p is not None:
            logits = truncation.min_p(logits, min_p)
        if typical_p is not None:
            logits = truncation.typical_p(logits, typical_p)
        return logits

    def choose(
        logits: Float[Tensor, "*batch vocab"], generator: torch.Generator | None = None
    ) -> Int[Tensor, "*batch"]:
        return sample(chain(logits), generator)

    chain(torch.zeros(2))  # a wrong setting shows here, not when the first token is due
    return greedy if temperature == 0 else choose
