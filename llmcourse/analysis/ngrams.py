"""Language models that only count: how far does one get without learning anything?

An n-gram model predicts the next token from the n - 1 before it, by counting what followed them in the training texts.
Long contexts are precise and rare, short ones vague and frequent, so each order is mixed with the next shorter one:
the more different tokens have followed a context, the less it is to be trusted to have shown them all.

Papers: Shannon 1948, "A Mathematical Theory of Communication" (n-gram English); Witten and Bell 1991, "The
Zero-Frequency Problem" (the mixing).
"""

import math
from collections import Counter
from collections.abc import Sequence

from llmcourse.corpus.tokenizers import Tokenizer
from llmcourse.errors import CourseError

Ids = tuple[int, ...]


class NgramModel:
    """Counts of all sequences of up to `order` tokens. Order 1 is a table of frequencies, order 3 a trigram model.

    A model of order 5 holds those of orders 1 to 4 too: `model.loss(texts, order=3)`.
    """

    def __init__(self, documents: Sequence[str], tokenizer: Tokenizer, order: int):
        """Raises CourseError when there are no documents, or for an order below 1."""
        if order < 1 or not documents:
            raise CourseError(f"an n-gram model needs documents and an order of at least 1, not {order}")
        self.tokenizer, self.order = tokenizer, order
        self.seen: Counter[Ids] = Counter()  # how often each sequence of 1 to `order` tokens came
        for document in documents:
            ids = tokenizer.encode(document, bos=True, eos=True)
            self.seen.update((id,) for id in ids[1:])  # <bos> is given, never predicted
            for length in range(2, order + 1):
                self.seen.update(zip(*(ids[start:] for start in range(length)), strict=False))
        self.followed: Counter[Ids] = Counter()  # how often something came after each context …
        self.followers: Counter[Ids] = Counter()  # … and how many different tokens did
        for (*context, _), count in self.seen.items():
            self.followed[tuple(context)] += count
            self.followers[tuple(context)] += 1

    def probability(self, token: int, before: Sequence[int], order: int | None = None) -> float:
        """The probability that `token` comes after the tokens `before`; never zero, for no text is impossible."""
        p = 1 / self.tokenizer.vocab_size
        for length in range(min((order or self.order) - 1, len(before)) + 1):
            context = tuple(before[len(before) - length :])
            if context not in self.followed:
                break
            surprises = self.followers[context]
            p = (self.seen[(*context, token)] + surprises * p) / (self.followed[context] + surprises)
        return p

    def token_losses(self, text: str, order: int | None = None) -> list[float]:
        """-ln p of each token of the text, and of the `<eos>` after it, in nats."""
        ids = self.tokenizer.encode(text, bos=True, eos=True)
        return [-math.log(self.probability(ids[at], ids[:at], order)) for at in range(1, len(ids))]

    def loss(self, documents: Sequence[str], order: int | None = None) -> float:
        """The mean loss on these documents in nats per token, counted as `evaluate` counts that of a neural model.

        Raises CourseError when there are no documents.
        """
        losses = [loss for document in documents for loss in self.token_losses(document, order)]
        if not losses:
            raise CourseError("there is nothing to score: the list of documents is empty")
        return math.fsum(losses) / len(losses)
