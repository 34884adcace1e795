"""A language in which the next word depends on the last one only: small enough that everything about it is known.

A table says how likely each word is after each other word. The table is made of patterns, the first ones strong and
each next one weaker, by a power law: so that a wider model, which has room for more of them, always finds something
left to learn. Its entropy is computed, not estimated: the loss below which nobody gets.

Maloney, Roberts and Sully (2022), A Solvable Model of Neural Scaling Laws, find power laws in data of such a spectrum.
"""

import torch
from jaxtyping import Float, Int
from torch import Tensor

from llmcourse.errors import CourseError

Number = int | float


class WordChain:
    """`words` words; pattern k has the strength k^-(1 + decay)/2, and `contrast` is the spread of the log-odds."""

    def __init__(self, words: int = 128, decay: Number = 0.5, contrast: Number = 1.5, seed: int = 0):
        if words < 2 or decay <= 0 or contrast < 0:
            raise CourseError(f"a chain needs 2 words or more, a decay above 0 and a contrast of 0 or more: {words=}, "
                              f"{decay=}, {contrast=}")  # fmt: skip
        dice = torch.Generator().manual_seed(seed)
        first, _ = torch.linalg.qr(torch.randn(words, words, generator=dice, dtype=torch.float64))
        second, _ = torch.linalg.qr(torch.randn(words, words, generator=dice, dtype=torch.float64))
        strength = torch.arange(1, words + 1, dtype=torch.float64) ** (-(1 + decay) / 2)
        strength *= contrast * words / strength.square().sum().sqrt()
        self.table: Float[Tensor, "word next"] = ((first * strength) @ second.T).softmax(-1).float()

    @property
    def often(self) -> Float[Tensor, "word"]:
        """How often each word comes, in a long text: the shares that a step of the chain leaves as they are."""
        shares = torch.full((len(self.table),), 1 / len(self.table), dtype=torch.float64)
        for _ in range(200):
            shares = shares @ self.table.double()
        return (shares / shares.sum()).float()

    def entropy(self) -> float:
        """The floor: the mean of -ln p over a long text, in nats per token."""
        return -(self.often[:, None] * self.table * self.table.log()).sum().item()

    def texts(self, count: int, length: int, seed: int = 0) -> Int[Tensor, "text position"]:
        """So many texts of so many words, drawn from the chain. The first word is drawn by how often it comes."""
        if count < 1 or length < 1:
            raise CourseError(f"count={count} and length={length} must be 1 or more")
        dice = torch.Generator().manual_seed(seed)
        ids = torch.empty(count, length, dtype=torch.long)
        ids[:, 0] = torch.multinomial(self.often, count, replacement=True, generator=dice)
        sums = self.table.cumsum(-1)
        for place in range(1, length):
            drawn = torch.rand(count, 1, generator=dice)
            ids[:, place] = torch.searchsorted(sums[ids[:, place - 1]], drawn)[:, 0].clamp(max=len(sums) - 1)
        return ids
