"""Texts with words that a model does not know: each of them becomes the same stand-in.

The story world's models know its 333 words. A crawl is full of others (``charset``, ``bonus``, ``Â``), and a model that
reads it needs a token for them.
"""

from collections.abc import Collection, Iterable

from llmcourse.corpus.cleaning.checks import checked_text, checked_whole
from llmcourse.corpus.text import join_words, split_words
from llmcourse.corpus.tokenizers import WordTokenizer

UNKNOWN = "_"  # a word that no story holds


def tokenizer_with_unknown(vocabulary: Iterable[str]) -> WordTokenizer:
    """A word tokenizer for texts that went through `with_unknown`."""
    return WordTokenizer([*sorted(vocabulary), UNKNOWN])


def with_unknown(text: str, vocabulary: Collection[str]) -> str:
    """The text with `_` in the place of every word and mark that is not in the vocabulary."""
    return join_words([token if token in vocabulary else UNKNOWN for token in split_words(checked_text(text))])


def within_budget(texts: Iterable[str], tokens: int) -> list[str]:
    """The first texts, as many as have about this many tokens in all; the last one may be cut short."""
    left, kept = checked_whole("tokens", tokens), []
    for text in texts:
        pieces = split_words(text)[:left]
        left -= len(pieces)
        if pieces:
            kept.append(join_words(pieces))
        if not left:
            break
    return kept
