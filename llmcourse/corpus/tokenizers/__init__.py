"""Tokenizers with one interface: words, characters, and byte-level BPE. Begin with `interface.py`."""

from llmcourse.corpus.tokenizers.bpe import BPETokenizer
from llmcourse.corpus.tokenizers.characters import CharTokenizer
from llmcourse.corpus.tokenizers.interface import SPECIAL_TOKENS, Tokenizer
from llmcourse.corpus.tokenizers.library import LibraryTokenizer
from llmcourse.corpus.tokenizers.loading import load_tokenizer, tokenizer_from_json
from llmcourse.corpus.tokenizers.unknown import UnknownWord, nearest_word
from llmcourse.corpus.tokenizers.words import WordTokenizer

__all__ = [
    "SPECIAL_TOKENS",
    "BPETokenizer",
    "CharTokenizer",
    "LibraryTokenizer",
    "Tokenizer",
    "UnknownWord",
    "WordTokenizer",
    "load_tokenizer",
    "nearest_word",
    "tokenizer_from_json",
]
