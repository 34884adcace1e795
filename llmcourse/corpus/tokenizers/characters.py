"""Characters as tokens: a small vocabulary, long sequences, and no word that could not be spelled."""

from collections.abc import Iterable, Sequence
from typing import Any

from llmcourse.corpus.tokenizers.inputs import checked_text
from llmcourse.corpus.tokenizers.interface import UNKNOWN, Tokenizer
from llmcourse.errors import CourseError

ANY_CHARACTER = r"[\s\S]"


class CharTokenizer(Tokenizer):
    """One token per character. Every text of known characters comes back exactly; a new character is unknown."""

    kind = "character"
    unit = "character"

    def split(self, text: str) -> list[str]:
        return list(text)

    def join(self, tokens: Sequence[str]) -> str:
        return "".join(tokens)

    @classmethod
    def for_texts(cls, texts: Iterable[str], special: Iterable[str] = ()) -> "CharTokenizer":
        """The tokenizer for the characters that occur in these texts, in the order of their code points."""
        if isinstance(texts, str):
            raise CourseError("`texts` is a list of texts, not one text: put it into a list")
        return cls(sorted(set().union(*map(checked_text, texts))), special)

    def _file_parts(self) -> dict[str, Any]:
        isolate = {"type": "Split", "pattern": {"Regex": ANY_CHARACTER}, "behavior": "Isolated", "invert": False}
        return {
            "model": {"type": "WordLevel", "vocab": self._id_of, "unk_token": UNKNOWN},
            "pre_tokenizer": isolate,
            "decoder": {"type": "Fuse"},
        }
