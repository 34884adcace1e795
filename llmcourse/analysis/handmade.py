"""A head made by hand, to see what queries and keys can say before anything is learned."""

import math

import torch
from jaxtyping import Float
from torch import Tensor


def previous_token_head(n: int) -> tuple[Float[Tensor, "{n} d_head"], Float[Tensor, "{n} d_head"]]:
    """Queries and keys with which each of ``n`` tokens but the first attends to the token before it.

    Every key says "I am number j"; every query asks for "number i - 1". The weight on the token before is 0.95 or
    more under a causal mask, at any length: the score that this takes grows with the logarithm of the number of keys.
    """
    keys = torch.eye(n)  # one-hot positions: d_head is n
    wanted = keys.roll(1, dims=0)  # row i is the key of token i - 1
    sharpness = math.log(19 * n) * math.sqrt(n)  # e^score : (all others) = 19 : 1, after the division by √d_head
    return sharpness * wanted, keys
