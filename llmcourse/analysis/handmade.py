"""Heads made by hand, to see what queries and keys can say before anything is learned."""

import math

import torch
from jaxtyping import Float, Int
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


def induction_head(
    ids: Int[Tensor, " position"], n_symbols: int
) -> tuple[Float[Tensor, "position n_symbols"], Float[Tensor, "position n_symbols"]]:
    """Queries and keys with which each token attends to what *followed* its earlier occurrences.

    Every query says "I am an A"; every key says "what came before me was an A". A key has to know the token before its
    own, which a previous-token head in the layer below can tell it: so a model needs two layers for this
    (Olsson et al., 2022, In-context Learning and Induction Heads). The first key knows of no token, and stays empty.

    ids: which of the symbols 0 to `n_symbols` - 1 stands at each position.
    """
    symbols = torch.eye(n_symbols)[ids]  # one-hot
    before = torch.cat([torch.zeros(1, n_symbols), symbols[:-1]])  # row i is the symbol of token i - 1
    sharpness = math.log(19 * len(ids)) * math.sqrt(n_symbols)  # as above
    return sharpness * symbols, before
