"""A feed-forward layer made by hand: facts are put into its weights, and it has not learned a thing."""

import torch
from jaxtyping import Float
from torch import Tensor

from llmcourse.errors import CourseError


def memory(
    keys: Float[Tensor, "fact d_model"], values: Float[Tensor, "fact d_value"]
) -> tuple[Float[Tensor, "fact d_model"], Float[Tensor, "fact"], Float[Tensor, "d_value fact"]]:
    """Weights (up, bias, down) with which relu(keys @ up.T + bias) @ down.T gives the values, each for its key.

    The keys are of length 1 and all different. There is one neuron for each fact. The dot product of a key with itself
    is 1, and with any other it is less, at most c. So (k · x - c) / (1 - c) is 1 for the neuron's own key and not above
    0 for all others, which the relu then silences. There may be many more facts than dimensions.

    Raises CourseError for keys that are not of length 1, or of which two are the same.
    """
    overlaps = keys @ keys.T
    if not torch.allclose(overlaps.diagonal(), torch.ones(len(keys), dtype=keys.dtype), atol=1e-4):
        raise CourseError("the keys must have length 1: divide each by its length")
    others = overlaps - 2 * torch.eye(len(keys), dtype=keys.dtype)  # on the diagonal -1: a key is no rival of itself
    nearest = others.max()
    if nearest > 1 - 1e-5:
        raise CourseError("two of the keys are the same: a memory cannot tell them apart")
    up = keys / (1 - nearest)
    bias = (-nearest / (1 - nearest)).expand(len(keys))
    return up, bias, values.T
