"""Encode one piece of text: apply the merges that were learned, the earliest first.

Papers: Gage (1994), A New Algorithm for Data Compression; Sennrich, Haddow and Birch (2016), Neural Machine
Translation of Rare Words with Subword Units.
"""

import heapq
import math
from collections.abc import Mapping, Sequence
from itertools import pairwise

Pair = tuple[str, str]


def merge_piece(symbols: Sequence[str], ranks: Mapping[tuple[str, str], int]) -> list[str]:
    """The tokens of one piece, given its characters and the rank of each merge (0: learned first).

    Of all neighbours that can be merged, the pair with the lowest rank is (the leftmost one, if it is there twice),
    until no neighbours can.
    """
    symbols = list(symbols)
    while len(symbols) > 1:
        rank, at = min((ranks.get(pair, math.inf), at) for at, pair in enumerate(pairwise(symbols)))
        if rank == math.inf:
            break
        symbols[at : at + 2] = [symbols[at] + symbols[at + 1]]
    return symbols


def merge_long_piece(symbols: Sequence[str], ranks: Mapping[tuple[str, str], int]) -> list[str]:
    """The same tokens, found without looking at the whole piece again after each merge.

    All pairs that can be merged wait in a heap, the lowest rank on top. A merge changes only its two neighbours.
    For n characters without a space that is some n·log n steps, where `merge_piece` needs n².
    """
    tokens: list[str | None] = list(symbols)
    before = list(range(-1, len(tokens) - 1))  # the place of the token before, and after, each that is still there
    after = list(range(1, len(tokens) + 1))
    waiting = [(ranks[pair], at, pair) for at, pair in enumerate(pairwise(symbols)) if pair in ranks]
    heapq.heapify(waiting)

    def offer(left: int, right: int) -> None:
        if left >= 0 and right < len(tokens):
            pair = (tokens[left], tokens[right])
            if pair in ranks:
                heapq.heappush(waiting, (ranks[pair], left, pair))  # type: ignore[index,misc]

    while waiting:
        _, at, (left, right) = heapq.heappop(waiting)
        next_one = after[at]
        if tokens[at] != left or next_one >= len(tokens) or tokens[next_one] != right:
            continue  # one of the two has meanwhile been merged with its other neighbour
        tokens[at], tokens[next_one] = left + right, None
        after[at] = after[next_one]
        if after[at] < len(tokens):
            before[after[at]] = at
        offer(before[at], at)
        offer(at, after[at])
    return [token for token in tokens if token is not None]
