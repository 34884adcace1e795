"""MinHash: a short signature of a set, made so that similar sets have similar signatures.

Put all possible members in a random order. The member of a set that comes first in it is its *minimum*, and two sets
have the same minimum exactly when the first member of their union lies in both: with probability
|A ∩ B| / |A ∪ B|, their Jaccard similarity. So the share of random orders in which two sets agree estimates it. A
random order is made by a hash: x ↦ (a · x + b) mod p, with a and b drawn by lot.

Paper: Broder 1997, "On the resemblance and containment of documents".
"""

import random
import zlib
from collections.abc import Mapping

import torch
from jaxtyping import Int
from torch import Tensor

from llmcourse.corpus.cleaning.checks import checked_texts, checked_whole
from llmcourse.corpus.cleaning.exact import words_of
from llmcourse.errors import CourseError

PRIME = 2**31 - 1  # hashes lie below it, so that a · x + b fits into 64 bits


def shingles(text: str, size: int = 3) -> set[str]:
    """All runs of `size` words in a text, in small letters; a shorter text is one shingle, an empty one has none."""
    checked_whole("size", size)
    words = words_of(text)
    if 0 < len(words) < size:
        return {" ".join(words)}
    return {" ".join(words[start : start + size]) for start in range(len(words) - size + 1)}


def jaccard(a: set[str], b: set[str]) -> float:
    """The share of all members of two sets that lies in both; 1 for two empty sets."""
    return len(a & b) / len(a | b) if a or b else 1.0


def hashed(members: set[str]) -> Int[Tensor, "member"]:
    """A number below PRIME for each member of a set: the same on every machine."""
    return torch.tensor(
        sorted(zlib.crc32(m.encode("utf-8", errors="replace")) % PRIME for m in members), dtype=torch.long
    )


def random_orders(count: int, seed: int = 0) -> tuple[Int[Tensor, "order"], Int[Tensor, "order"]]:
    """The a (never 0) and the b of this many random orders."""
    rng = random.Random(seed)
    draws = [
        [1 + int(rng.random() * (PRIME - 1)), int(rng.random() * PRIME)] for _ in range(checked_whole("count", count))
    ]
    a, b = torch.tensor(draws, dtype=torch.long).unbind(1)
    return a, b


def minhash(hashes: Int[Tensor, "member"], a: Int[Tensor, "order"], b: Int[Tensor, "order"]) -> Int[Tensor, "order"]:
    """The signature of a set: under each order x ↦ (a · x + b) mod PRIME, the smallest number of any member.

    A set without members has PRIME in every place, which no member can reach.
    """
    if len(hashes) == 0:
        return torch.full_like(a, PRIME)
    return ((a[:, None] * hashes + b[:, None]) % PRIME).amin(dim=1)  # order member -> order


def estimated_jaccard(first: Int[Tensor, "order"], second: Int[Tensor, "order"]) -> float:
    """The share of the orders in which two signatures agree. Raises CourseError when they are not equally long."""
    if first.shape != second.shape or not len(first):
        raise CourseError(f"signatures of {len(first)} and {len(second)} numbers cannot be compared")
    return (first == second).float().mean().item()


def signatures(texts: Mapping[int, str], count: int = 128, size: int = 3, seed: int = 0) -> Int[Tensor, "text order"]:
    """The signature of every text, a row each, in the order of `texts`."""
    a, b = random_orders(count, seed)
    rows = [minhash(hashed(shingles(text, size)), a, b) for text in checked_texts(texts).values()]
    return torch.stack(rows) if rows else torch.empty(0, count, dtype=torch.long)
