"""The story world, tokenizers, and corpora that can be loaded by name."""

from llmcourse.corpus.corpora import Corpus, load
from llmcourse.corpus.files import data_folder
from llmcourse.corpus.labelled import Labelled
from llmcourse.corpus.text import join_words, split_words
from llmcourse.corpus.tokenizers import (
    BPETokenizer,
    CharTokenizer,
    Tokenizer,
    UnknownWord,
    WordTokenizer,
    load_tokenizer,
    tokenizer_from_json,
)
from llmcourse.corpus.world import NotAStory, Story, World

__all__ = [
    "BPETokenizer",
    "CharTokenizer",
    "Corpus",
    "Labelled",
    "NotAStory",
    "Story",
    "Tokenizer",
    "UnknownWord",
    "WordTokenizer",
    "World",
    "data_folder",
    "join_words",
    "load",
    "load_tokenizer",
    "split_words",
    "tokenizer_from_json",
]
