"""Softmax: any numbers become shares that are positive and sum to 1."""

from jaxtyping import Float
from torch import Tensor


def softmax(x: Float[Tensor, "*shape"], dim: int = -1) -> Float[Tensor, "*shape"]:
    """exp(x) divided by the sum of all exp(x) along `dim`: larger numbers get larger shares.

    Only differences between the numbers matter, so the largest may be subtracted from all of them. Then no exponent is
    above 0, and exp() cannot overflow, however large the numbers are.
    """
    powers = (x - x.amax(dim=dim, keepdim=True)).exp()
    return powers / powers.sum(dim=dim, keepdim=True)
