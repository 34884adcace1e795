"""Tokenizers: from text to the integers that a model reads, and back.

A tokenizer is a list of tokens, its *vocabulary*; the id of a token is its place in that list. The first three places
belong to special tokens that no text can contain:

    0 <pad>   fills up the shorter rows of a batch
    1 <bos>   stands where a document begins
    2 <eos>   stands where it ends

`WordTokenizer` has words and punctuation marks as tokens, `CharTokenizer` has characters. They share everything but
the way in which they cut a text into pieces. (Notebook 02 adds byte-level BPE.)
"""

import difflib
import json
from collections.abc import Iterable, Sequence
from typing import Any, ClassVar

from llmcourse.corpus.text import join_words, split_words
from llmcourse.errors import CourseError

SPECIAL_TOKENS = ("<pad>", "<bos>", "<eos>")


class UnknownWord(CourseError):
    """A text holds a word (or character) that the vocabulary lacks; the message names it and the nearest known one."""

    def __init__(self, word: str, known: Sequence[str], unit: str = "word"):
        self.word = word
        self.nearest = nearest_word(word, known)
        hint = f"; the nearest is {self.nearest!r}" if self.nearest else ""
        super().__init__(f"{word!r} is not in the vocabulary of {len(known)} {unit}s{hint}")


def nearest_word(word: str, known: Sequence[str]) -> str | None:
    """The known word spelled most like this one, capitals aside; None where none shares a letter with it."""
    by_lower_case = {other.lower(): other for other in reversed(known)}
    matches = difflib.get_close_matches(word.lower(), by_lower_case, n=1, cutoff=0.01)
    return by_lower_case[matches[0]] if matches else None


class Tokenizer:
    """What all tokenizers share. A subclass says how a text is cut into tokens (`split`) and put together (`join`)."""

    kind: ClassVar[str]  # the name under which a saved tokenizer is found again
    unit: ClassVar[str]  # what one token is, for messages

    pad_id = 0
    bos_id = 1
    eos_id = 2

    def __init__(self, tokens: Iterable[str]):
        """`tokens`: the vocabulary without the special tokens, in the order of their ids.

        Raises CourseError when a token is listed twice or could never come out of `split`.
        """
        self.vocabulary: tuple[str, ...] = (*SPECIAL_TOKENS, *tokens)
        self._id_of = {token: id for id, token in enumerate(self.vocabulary)}
        if len(self._id_of) < len(self.vocabulary):
            twice = next(t for i, t in enumerate(self.vocabulary) if self._id_of[t] != i)
            raise CourseError(f"a vocabulary lists every token once, but {twice!r} is there twice")
        for token in self.vocabulary[len(SPECIAL_TOKENS) :]:
            if self.split(token) != [token]:
                raise CourseError(f"{token!r} is not one {self.unit}: it cannot be a token of a {type(self).__name__}")

    @staticmethod
    def split(text: str) -> list[str]:
        raise NotImplementedError

    @staticmethod
    def join(tokens: Sequence[str]) -> str:
        raise NotImplementedError

    @property
    def vocab_size(self) -> int:
        """How many different ids there are, special tokens included: the `vocab_size` of a model's config."""
        return len(self.vocabulary)

    def encode(self, text: str, bos: bool = False, eos: bool = False) -> list[int]:
        """The ids of a text, with `<bos>` in front and `<eos>` behind when asked for.

        Raises UnknownWord at the first token that is not in the vocabulary.
        """
        ids = [self.bos_id] if bos else []
        for token in self.split(text):
            if token not in self._id_of:
                raise UnknownWord(token, self.vocabulary[len(SPECIAL_TOKENS) :], self.unit)
            ids.append(self._id_of[token])
        if eos:
            ids.append(self.eos_id)
        return ids

    def tokens(self, ids: Sequence[int]) -> list[str]:
        """The token of each id, special ones too: the labels for the axis of an attention plot."""
        return [self.vocabulary[self._checked(id)] for id in ids]

    def decode(self, ids: Sequence[int]) -> str:
        """The text of these ids. Special tokens are not part of a text and are left out."""
        return self.join([self.vocabulary[self._checked(id)] for id in ids if id >= len(SPECIAL_TOKENS) or id < 0])

    def _checked(self, id: int) -> int:
        if not 0 <= id < self.vocab_size:
            raise CourseError(f"{id} is not the id of a token: ids run from 0 to {self.vocab_size - 1}")
        return id

    def to_json(self) -> str:
        """Everything needed to make the same tokenizer again, as JSON; `tokenizer_from_json` reads it."""
        return json.dumps({"kind": self.kind, "tokens": self.vocabulary[len(SPECIAL_TOKENS) :]}, ensure_ascii=False)

    @staticmethod
    def from_json(text: str) -> "Tokenizer":
        return tokenizer_from_json(text)

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and self.vocabulary == getattr(other, "vocabulary", None)

    def __hash__(self) -> int:
        return hash((self.kind, self.vocabulary))

    def __repr__(self) -> str:
        return f"{type(self).__name__}(vocab_size={self.vocab_size})"


class WordTokenizer(Tokenizer):
    """One token per word or punctuation mark. Capitalized words are tokens of their own."""

    kind = "word"
    unit = "word"
    split = staticmethod(split_words)
    join = staticmethod(join_words)

    @classmethod
    def for_world(cls, world: Any) -> "WordTokenizer":
        """The tokenizer for everything that this story world can write."""
        return cls(world.vocabulary)


class CharTokenizer(Tokenizer):
    """One token per character: a tiny vocabulary, long sequences, and nothing is ever lost."""

    kind = "character"
    unit = "character"

    @staticmethod
    def split(text: str) -> list[str]:
        return list(text)

    @staticmethod
    def join(tokens: Sequence[str]) -> str:
        return "".join(tokens)

    @classmethod
    def for_texts(cls, texts: Iterable[str]) -> "CharTokenizer":
        """The tokenizer for the characters that occur in these texts, in the order of their code points."""
        return cls(sorted(set().union(*texts)))


def tokenizer_from_json(text: str) -> Tokenizer:
    """The tokenizer that `to_json` wrote down. Raises CourseError on anything else."""
    try:
        saved = json.loads(text)
        kind, tokens = saved["kind"], [str(token) for token in saved["tokens"]]
    except (ValueError, TypeError, KeyError) as error:
        raise CourseError(f"this is not a saved tokenizer: {error}") from None
    for cls in (WordTokenizer, CharTokenizer):
        if cls.kind == kind:
            return cls(tokens)
    raise CourseError(f"unknown kind of tokenizer {kind!r}: this version of llmcourse knows 'word' and 'character'")
