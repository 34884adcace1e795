"""Words as tokens: short sequences, and nothing to say about a word that was never listed."""

from collections import Counter
from collections.abc import Iterable, Sequence
from typing import Any

from llmcourse.corpus.text import NO_SPACE_BEFORE, join_words, split_words
from llmcourse.corpus.tokenizers.interface import UNKNOWN, Tokenizer
from llmcourse.errors import CourseError

#: `split_words` as a pattern of the `tokenizers` library, whose \w and \s are not quite Python's.
WORD_PATTERN = r"[\p{L}\p{N}_]+|[^\p{L}\p{N}_\s\x{1C}-\x{1F}]"


class WordTokenizer(Tokenizer):
    """One token per word or punctuation mark. Capitalized words are tokens of their own.

    A text comes back exactly if it is spaced as the stories of this course are: one space between words, none before
    a mark. Of other texts the words come back, and the spacing is lost.
    """

    kind = "word"
    unit = "word"

    def split(self, text: str) -> list[str]:
        return split_words(text)

    def join(self, tokens: Sequence[str]) -> str:
        return join_words(tokens)

    @classmethod
    def for_world(cls, world: Any, special: Iterable[str] = ()) -> "WordTokenizer":
        """The tokenizer for everything that this story world can write."""
        return cls(world.vocabulary, special)

    @classmethod
    def for_texts(
        cls, texts: Iterable[str], vocab_size: int | None = None, special: Iterable[str] = ()
    ) -> "WordTokenizer":
        """The tokenizer for the words of these texts, the most frequent first, equals in the order of the alphabet.

        `vocab_size` keeps only so many tokens, special ones included; the rest is unknown from then on.
        """
        if isinstance(texts, str):
            raise CourseError("`texts` is a list of texts, not one text: put it into a list")
        counts = Counter(word for text in texts for word in split_words(text))
        words = sorted(counts, key=lambda word: (-counts[word], word))
        special = list(special)
        if vocab_size is not None:
            words = words[: max(0, vocab_size - 3 - len(special))]
        return cls(words, special)

    def _file_parts(self) -> dict[str, Any]:
        isolate = {"type": "Split", "pattern": {"Regex": WORD_PATTERN}, "behavior": "Removed", "invert": True}
        # A space before every token but the first (no token begins with "##"), then taken back before marks.
        spaces: list[dict[str, Any]] = [{"type": "WordPiece", "prefix": "##", "cleanup": False}]
        for mark in sorted(NO_SPACE_BEFORE):
            spaces.append({"type": "Replace", "pattern": {"String": f" {mark}"}, "content": mark})
        return {
            "model": {"type": "WordLevel", "vocab": self._id_of, "unk_token": UNKNOWN},
            "pre_tokenizer": isolate,
            "decoder": {"type": "Sequence", "decoders": spaces},
        }
