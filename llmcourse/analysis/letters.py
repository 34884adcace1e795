"""Can the letters of a word be told from its ids? A probe that counts a letter, and how many words it needs for it.

Each token of the vocabulary gets one weight, and the count of the letter is the sum of the weights of the word's
tokens. With the right weights this is exact, for characters (1 for an r, 0 for any other) as for longer tokens (2 for
`berry`). The question is not whether it can be written down but whether it can be *learned*: what a token is made of
is not in its number, so its weight can only come from words that hold it.
"""

from collections.abc import Sequence

import torch
from jaxtyping import Float
from torch import Tensor

from llmcourse.corpus.tokenizers import Tokenizer
from llmcourse.errors import CourseError

RIDGE = 1e-3  # keeps the weights of tokens that were never seen at 0


def token_counts(words: Sequence[str], tokenizer: Tokenizer) -> Float[Tensor, "word vocab"]:
    """How often each token of the vocabulary is in each word."""
    counts = torch.zeros(len(words), tokenizer.vocab_size)
    for row, word in enumerate(words):
        for id in tokenizer.encode(word):
            counts[row, id] += 1
    return counts


class LetterProbe:
    """Counts one letter of a word from the ids of its tokens: one learned weight for each token, added up."""

    def __init__(self, tokenizer: Tokenizer, letter: str, words: Sequence[str]):
        """Learns from these words, by least squares. Raises CourseError when there are none."""
        if not words or len(letter) != 1:
            raise CourseError("a probe learns to count one letter, from at least one word")
        self.tokenizer, self.letter = tokenizer, letter
        seen = token_counts(words, tokenizer).double()
        true = torch.tensor([word.count(letter) for word in words], dtype=torch.float64)
        # In the space of words where these are fewer than the tokens: the same solution, found faster.
        gram = seen @ seen.mT if len(words) < seen.shape[1] else seen.mT @ seen
        gram += RIDGE * torch.eye(len(gram), dtype=torch.float64)
        if len(words) < seen.shape[1]:
            self.weights = seen.mT @ torch.linalg.solve(gram, true)
        else:
            self.weights = torch.linalg.solve(gram, seen.mT @ true)

    def count(self, words: Sequence[str]) -> list[int]:
        """How many such letters the probe believes to be in each word."""
        return (token_counts(words, self.tokenizer).double() @ self.weights).round().int().tolist()

    def accuracy(self, words: Sequence[str]) -> float:
        """The share of these words in which it is right."""
        right = [found == word.count(self.letter) for found, word in zip(self.count(words), words, strict=True)]
        return sum(right) / len(right)
