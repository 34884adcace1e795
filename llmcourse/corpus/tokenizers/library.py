"""WordPiece, Unigram and whatever else the `tokenizers` library reads, behind the course's interface.

The course has built byte-level BPE in every detail (chapter 02). BERT's WordPiece and T5's Unigram are other ways to
the same end, and a model that was trained with one of them needs exactly its ids: so here the library does the work.
"""

import json
from collections.abc import Sequence
from typing import Any

from llmcourse.corpus.tokenizers.inputs import checked_ids, checked_text
from llmcourse.corpus.tokenizers.interface import Tokenizer
from llmcourse.errors import CourseError

ROLES = {
    "pad": ("[PAD]", "<pad>", "<|endoftext|>"),
    "bos": ("[CLS]", "<s>", "<bos>", "<|begin_of_text|>"),
    "eos": ("[SEP]", "</s>", "<eos>", "<|end_of_text|>", "<|endoftext|>"),
}


class LibraryTokenizer(Tokenizer):
    """A `tokenizer.json` of any kind. BERT's [CLS] and [SEP] are its beginning and end; T5 has an end alone.

    Raises CourseError for what the library cannot read.
    """

    kind = "a tokenizer of the `tokenizers` library"
    unit = "token"

    def __init__(self, text: str):
        from tokenizers import Tokenizer as Library

        try:
            saved = json.loads(text)
            self._library = Library.from_str(text)
        except Exception as error:  # the library raises nothing more special than Exception
            raise CourseError(f"this is not a saved tokenizer: {str(error)[:200]}") from None
        self._library.no_padding()
        self._library.no_truncation()
        self._text = text
        ids = self._library.get_vocab(with_added_tokens=True)
        by_id = {id: token for token, id in ids.items()}
        vocabulary = [by_id.get(id, f"<unused {id}>") for id in range(max(by_id, default=-1) + 1)]
        added = saved.get("added_tokens") or []
        special = [token["content"] for token in added if token.get("special")]
        self._settle(vocabulary, dict.fromkeys(special))
        self._roles = {
            role: next((self._id_of[name] for name in names if name in self._id_of), None)
            for role, names in ROLES.items()
        }

    def encode(self, text: str, bos: bool = False, eos: bool = False, parse_special: bool = False) -> list[int]:
        self._library.encode_special_tokens = not parse_special
        ids = self._library.encode(checked_text(text), add_special_tokens=False).ids
        return [*([self.bos_id] if bos else []), *ids, *([self.eos_id] if eos else [])]

    def split(self, text: str) -> list[str]:
        return [self.vocabulary[id] for id in self.encode(text)]

    def join(self, tokens: Sequence[str]) -> str:
        return self._library.decode([self._id_of[token] for token in tokens], skip_special_tokens=False)

    def decode(self, ids: Sequence[int]) -> str:
        kept = [id for id in checked_ids(ids, self.vocab_size) if id not in self._special_ids]
        return self._library.decode(kept, skip_special_tokens=False)

    def readable(self, token: str) -> str:
        """Unigram marks the beginning of a word with ▁, where one would read a space."""
        return token if token in self.special_tokens else token.replace("\u2581", " ")

    def to_json(self) -> str:
        return self._text

    def _identity(self) -> tuple[Any, ...]:
        return (*super()._identity(), self._text)

    __hash__ = Tokenizer.__hash__
