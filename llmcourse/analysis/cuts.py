"""How a tokenizer cuts: how much text goes into a token, how numbers are cut, and which tokens never come."""

from collections import Counter
from collections.abc import Iterable, Sequence

from llmcourse.corpus.tokenizers import Tokenizer
from llmcourse.errors import CourseError


def characters_per_token(tokenizer: Tokenizer, texts: Sequence[str]) -> float:
    """How many characters a token stands for on average. Raises CourseError where there is no token."""
    tokens = sum(len(tokenizer.encode(text)) for text in texts)
    if not tokens:
        raise CourseError("there is nothing to measure: the texts have no tokens")
    return sum(map(len, texts)) / tokens


def ways_to_cut(tokenizer: Tokenizer, numbers: Iterable[int]) -> Counter[tuple[int, ...]]:
    """How often a number is cut in which way: (2, 2) for `12|34`. The space before the number is not counted."""
    ways: Counter[tuple[int, ...]] = Counter()
    for number in numbers:
        tokens = tokenizer.tokens(tokenizer.encode(f" {number}"))
        digits = (sum(character.isdigit() for character in token) for token in tokens)
        ways[tuple(length for length in digits if length)] += 1
    return ways


def unused_tokens(tokenizer: Tokenizer, texts: Iterable[str]) -> list[int]:
    """The ids that come in none of the encoded texts, special tokens aside."""
    used = {id for text in texts for id in tokenizer.encode(text)}
    special = {tokenizer.id_of(token) for token in tokenizer.special_tokens}
    return [id for id in range(tokenizer.vocab_size) if id not in used and id not in special]
