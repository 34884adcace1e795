"""Tokenizers: from text to the integers that a model reads, and back.

A tokenizer is a list of tokens, its *vocabulary*; the id of a token is its place in that list. A few places belong to
*special tokens*, which stand for something that is not text. The tokenizers of this course begin with three:

    0 <pad>   fills up the shorter rows of a batch
    1 <bos>   stands where a document begins
    2 <eos>   stands where it ends

A text never becomes a special token by accident: what a reader types as `<eos>` is five characters like any others,
unless you ask for it (`parse_special=True`).

All tokenizers share everything but two functions: how a text is cut into tokens (`split`), and how tokens are put
together again (`join`).
"""

import copy
import json
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any, ClassVar, Self

from llmcourse.corpus.tokenizers.inputs import checked_ids, checked_text
from llmcourse.corpus.tokenizers.unknown import UnknownWord
from llmcourse.errors import CourseError
from llmcourse.storage import write_atomically

SPECIAL_TOKENS = ("<pad>", "<bos>", "<eos>")
UNKNOWN = "<unk>"

#: The names under which the special tokens of this course and of well-known models are found, first come first.
ROLES = {
    "pad": ("<pad>", "[PAD]", "<|pad|>"),
    "bos": ("<bos>", "<s>", "<|begin_of_text|>", "<|endoftext|>"),
    "eos": ("<eos>", "</s>", "<|end_of_text|>", "<|endoftext|>"),
}


class Tokenizer:
    """What all tokenizers share. A subclass says how a text is cut into tokens (`split`) and put together (`join`)."""

    kind: ClassVar[str]  # the name of this way of cutting
    unit: ClassVar[str]  # what one token is, for messages

    vocabulary: tuple[str, ...]  # the token of each id, as it is stored

    def __init__(self, tokens: Iterable[str], special: Iterable[str] = ()):
        """`tokens`: the vocabulary without special tokens, in the order of their ids, which begin at 3.

        `special` adds further special tokens behind them, such as `<mask>`, so that no other id changes. With `<unk>`
        among them, an unknown word becomes `<unk>` instead of an error.

        Raises CourseError when a token is listed twice or could never come out of `split`.
        """
        tokens, special = list(tokens), list(special)
        self._settle([*SPECIAL_TOKENS, *tokens, *special], [*SPECIAL_TOKENS, *special])
        for token in tokens:
            if self.split(token) != [token]:
                raise CourseError(f"{token!r} is not one {self.unit}: it cannot be a token of a {type(self).__name__}")

    def _settle(self, vocabulary: Sequence[str], special: Iterable[str], always: Iterable[str] = ()) -> None:
        """Take over a vocabulary; the tokens `always` are found in every text although they are not special."""
        self.vocabulary = tuple(vocabulary)
        self._id_of = {token: id for id, token in enumerate(self.vocabulary)}
        if len(self._id_of) < len(self.vocabulary):
            twice = next(t for i, t in enumerate(self.vocabulary) if self._id_of[t] != i)
            raise CourseError(f"a vocabulary lists every token once, but {twice!r} is there twice")
        self.special_tokens = tuple(special)
        self._always = tuple(always)
        if "" in self.special_tokens:
            raise CourseError("a special token needs a name: '' would be found everywhere")
        self._special_ids = frozenset(self._id_of[token] for token in self.special_tokens)
        self._roles = {
            role: next((self._id_of[name] for name in names if name in self.special_tokens), None)
            for role, names in ROLES.items()
        }

    # -- what a subclass decides

    def split(self, text: str) -> list[str]:
        """The tokens of a text, as they stand in the vocabulary (or would, if it had them)."""
        raise NotImplementedError

    def join(self, tokens: Sequence[str]) -> str:
        """The text of these tokens."""
        raise NotImplementedError

    def _file_parts(self) -> dict[str, Any]:
        """The model, pre_tokenizer and decoder of a `tokenizer.json` that cuts and joins as this tokenizer does."""
        raise NotImplementedError

    # -- the vocabulary

    @property
    def vocab_size(self) -> int:
        """How many different ids there are, special tokens included: the `vocab_size` of a model's config."""
        return len(self.vocabulary)

    @property
    def pad_id(self) -> int:
        """The id of the token that fills up short rows. Raises CourseError where a loaded tokenizer has none."""
        return self._role("pad")

    @property
    def bos_id(self) -> int:
        """The id of the token that begins a document. Raises CourseError where a loaded tokenizer has none."""
        return self._role("bos")

    @property
    def eos_id(self) -> int:
        """The id of the token that ends a document. Raises CourseError where a loaded tokenizer has none."""
        return self._role("eos")

    def _role(self, role: str) -> int:
        id = self._roles[role]
        if id is None:
            raise CourseError(f"this tokenizer has no {role} token: name one of its own, with_roles({role}='…')")
        return id

    def id_of(self, token: str) -> int:
        """The id of a token, special or not: `tokenizer.id_of("<mask>")`. Raises UnknownWord."""
        if token not in self._id_of:
            raise UnknownWord(str(token), self.vocabulary, self.unit)
        return self._id_of[token]

    # -- text to ids and back

    def encode(self, text: str, bos: bool = False, eos: bool = False, parse_special: bool = False) -> list[int]:
        """The ids of a text, with `<bos>` in front and `<eos>` behind when asked for.

        `parse_special`: let special tokens that are spelled out in the text count as such. Do so only with text of
        your own: a stranger's text could otherwise end a document, or speak in another's name.

        Raises UnknownWord at the first token that is not in the vocabulary, unless it has `<unk>`, and CourseError for
        what is no text.
        """
        ids = [self.bos_id] if bos else []
        unknown = self._id_of.get(UNKNOWN)
        for part, found in self._parts(checked_text(text), parse_special):
            if found is not None:
                ids.append(found)
                continue
            for token in self.split(part):
                id = self._id_of.get(token, unknown)
                if id is None:
                    known = [t for t in self.vocabulary if t not in self.special_tokens]
                    raise UnknownWord(self.readable(token), known, self.unit)
                ids.append(id)
        if eos:
            ids.append(self.eos_id)
        return ids

    def _parts(self, text: str, parse_special: bool) -> Iterator[tuple[str, int | None]]:
        """The text cut at tokens that are spelled out in it: (a stretch of text, None) or (such a token, its id)."""
        spelled = (*self._always, *self.special_tokens) if parse_special else self._always
        if not spelled:
            yield text, None
            return
        longest_first = "|".join(map(re.escape, sorted(spelled, key=len, reverse=True)))
        for place, part in enumerate(re.split(f"({longest_first})", text)):
            if part:
                yield part, self._id_of[part] if place % 2 else None

    def tokens(self, ids: Sequence[int]) -> list[str]:
        """The token of each id, special ones too, as one can read it: the labels for the axis of a plot."""
        return [self.readable(self.vocabulary[id]) for id in checked_ids(ids, self.vocab_size)]

    def readable(self, token: str) -> str:
        """A token of the vocabulary as one can read it."""
        return token

    def decode(self, ids: Sequence[int]) -> str:
        """The text of these ids. Special tokens are not part of a text and are left out."""
        kept = [id for id in checked_ids(ids, self.vocab_size) if id not in self._special_ids]
        return self.join([self.vocabulary[id] for id in kept])

    # -- saving

    def to_json(self) -> str:
        """The content of a `tokenizer.json`, which the `tokenizers` library and `tokenizer_from_json` read."""
        added = [
            {
                "id": self._id_of[token],
                "content": token,
                "single_word": False,
                "lstrip": False,
                "rstrip": False,
                "normalized": False,
                "special": token in self.special_tokens,
            }
            for token in sorted((*self.special_tokens, *self._always), key=self._id_of.__getitem__)
        ]
        whole = {"version": "1.0", "truncation": None, "padding": None, "added_tokens": added}
        whole |= {"normalizer": None, "post_processor": None} | self._file_parts()
        return json.dumps(whole, ensure_ascii=False)

    def save(self, path: str | Path) -> None:
        """Write a `tokenizer.json`. Raises CourseError where the file cannot be written."""
        write_atomically(path, self.to_json().encode("utf-8"))

    @staticmethod
    def from_json(text: str) -> "Tokenizer":
        from llmcourse.corpus.tokenizers.loading import tokenizer_from_json

        return tokenizer_from_json(text)

    def with_roles(self, **names: str | None) -> Self:
        """The same tokenizer, with other tokens for padding, beginning or end: `with_roles(pad="<|endoftext|>")`."""
        other = copy.copy(self)
        other._roles = dict(self._roles)
        for role, name in names.items():
            if role not in ROLES:
                raise CourseError(f"there is no role {role!r}: choose of {', '.join(ROLES)}")
            if name is not None:
                other._roles[role] = self.id_of(name)
        return other

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and isinstance(other, Tokenizer) and self._identity() == other._identity()

    def _identity(self) -> tuple[Any, ...]:
        return (self.vocabulary, self.special_tokens)

    def __hash__(self) -> int:
        return hash((self.kind, self.vocabulary))

    def __repr__(self) -> str:
        return f"{type(self).__name__}(vocab_size={self.vocab_size})"
