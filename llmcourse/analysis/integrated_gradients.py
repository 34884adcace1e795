"""Integrated gradients: what each input has contributed to an output, so that the contributions add up.

A gradient says how the output would move at the next small step. Here the steps are added up, all the way from a
baseline, where there is nothing to explain, to the input. So the sum of all contributions is the difference of the two
outputs (*completeness*), whatever the function does on the way.

Sundararajan, Taly and Yan (2017), Axiomatic Attribution for Deep Networks.
"""

from collections.abc import Callable

import torch
from jaxtyping import Float, Int
from torch import Tensor

from llmcourse.errors import CourseError
from llmcourse.inference.generate import evaluating
from llmcourse.model import GPT, record


def integrated_gradients(
    function: Callable[[Tensor], Tensor],
    x: Float[Tensor, "*input"],
    baseline: Float[Tensor, "*input"],
    n_steps: int = 50,
) -> Float[Tensor, "*input"]:
    """(x - baseline) times the mean gradient on the straight way between them: one contribution for each number of x.

    `function`: from a batch of inputs to one number for each. The way is cut into `n_steps` equal pieces, and the
    gradient is taken in the middle of each. Raises CourseError for shapes that differ or fewer steps than one.
    """
    if x.shape != baseline.shape or n_steps < 1:
        raise CourseError(
            f"x is {tuple(x.shape)}, baseline {tuple(baseline.shape)}, n_steps {n_steps}: one shape, 1 up"
        )
    middles = (torch.arange(n_steps, dtype=x.dtype, device=x.device) + 0.5) / n_steps
    middles = middles.view(-1, *[1] * x.ndim)  # step, then as many 1s as x has dimensions
    on_the_way = (baseline + middles * (x - baseline)).detach().requires_grad_()  # step *input
    (gradients,) = torch.autograd.grad(function(on_the_way).sum(), on_the_way)
    return (x - baseline).detach() * gradients.mean(dim=0)


def from_embeddings(
    model: GPT, ids: Int[Tensor, " position"], right: int, wrong: int
) -> Callable[[Float[Tensor, "batch position d_model"]], Float[Tensor, " batch"]]:
    """A function from embeddings, put in the place of those of `ids`, to the logit difference at the last token."""

    def function(embeddings: Tensor) -> Tensor:
        batch = ids[None].expand(len(embeddings), -1)
        with evaluating(model), record(model, edit={"embeddings": lambda _: embeddings}):
            last = model(batch)[:, -1]  # batch vocab
        return last[:, right] - last[:, wrong]

    return function


def token_contributions(
    model: GPT,
    ids: Int[Tensor, " position"],
    right: int,
    wrong: int,
    baseline: Float[Tensor, "position d_model"] | None = None,
    n_steps: int = 50,
) -> Float[Tensor, " position"]:
    """How much each token has contributed to the logit difference: integrated gradients, summed over its vector.

    `baseline`: the embeddings to begin from; without them, zeros.
    """
    x = model.token_embedding(ids[None])[0].detach()  # position d_model
    start = torch.zeros_like(x) if baseline is None else baseline
    return integrated_gradients(from_embeddings(model, ids, right, wrong), x, start, n_steps).sum(dim=-1)
