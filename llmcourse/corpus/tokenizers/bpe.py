"""Byte-level byte pair encoding: every text can be written, and what is frequent is short.

A text is cut into pieces (`pieces.py`), each piece is written as bytes, one character for each (`byte_characters.py`),
and in each piece neighbours are merged in the order in which the merges were learned (`merging.py`).

Papers: Sennrich, Haddow and Birch (2016), Neural Machine Translation of Rare Words with Subword Units; Radford et al.
(2019), Language Models are Unsupervised Multitask Learners, section 2.2.
"""

import json
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from itertools import islice
from pathlib import Path
from typing import Any

from llmcourse.corpus.tokenizers.byte_characters import ALPHABET, to_bytes, to_characters
from llmcourse.corpus.tokenizers.interface import SPECIAL_TOKENS, Tokenizer
from llmcourse.corpus.tokenizers.merging import merge_long_piece, merge_piece
from llmcourse.corpus.tokenizers.pieces import GPT2_PATTERN, compile_pattern, pieces
from llmcourse.corpus.tokenizers.training import count_pieces, merge_steps
from llmcourse.errors import CourseError

LONG = 40  # characters, from which on the heap is the faster way to merge a piece
REMEMBERED = 200_000  # pieces whose tokens are kept; natural text repeats itself


def pair_of(merge: str | Sequence[str]) -> tuple[str, str]:
    """A merge as it stands in a file, `"i n"` or `["i", "n"]`. Raises ValueError for what is no pair."""
    left, right = merge.split(" ") if isinstance(merge, str) else merge
    return left, right


class BPETokenizer(Tokenizer):
    """Byte-level BPE. Any text comes back exactly, whatever it was trained on.

    (Two settings that some published tokenizers have change the text before it is cut, and take the exactness away:
    `forms`, Unicode normal forms, and `add_prefix_space`.)
    """

    kind = "byte-level BPE"
    unit = "byte"

    def __init__(
        self,
        merges: Iterable[tuple[str, str]],
        special: Iterable[str] = (),
        *,
        patterns: Sequence[str] = (GPT2_PATTERN,),
        vocabulary: Sequence[str] | None = None,
        always: Iterable[str] = (),
        forms: Sequence[str] = (),
        add_prefix_space: bool = False,
        ignore_merges: bool = False,
    ):
        """`merges`: pairs of tokens, written with the characters of their bytes, in the order of learning.

        Without a `vocabulary`, it is `<pad>`, `<bos>`, `<eos>`, the 256 bytes, what the merges make, and `special`.
        With one, `special` are those of its tokens that are not text.

        patterns:         cut the text into pieces, one after the other; none: the text is one piece
        always:           tokens that are found in every text wherever they are spelled out
        forms:            Unicode normal forms ("NFC") that the text is brought into first
        add_prefix_space: a text begins with a space, so that its first word is like any other
        ignore_merges:    a piece that is a token is taken whole, even where no merges lead to it

        Raises CourseError where a merge makes no token of the vocabulary, or a setting is unknown.
        """
        merges = [(str(left), str(right)) for left, right in merges]
        special = list(special)
        if vocabulary is None:
            made = dict.fromkeys(left + right for left, right in merges)
            vocabulary = [*SPECIAL_TOKENS, *ALPHABET, *made, *special]
            special = [*SPECIAL_TOKENS, *special]
        self._settle(vocabulary, special, always)
        for pair in merges:
            if missing := [token for token in (*pair, "".join(pair)) if token not in self._id_of]:
                raise CourseError(f"the merge {pair} needs the token {missing[0]!r}, which the vocabulary lacks")
        for form in forms:
            if form not in ("NFC", "NFD", "NFKC", "NFKD"):
                raise CourseError(f"there is no Unicode normal form {form!r}: choose of NFC, NFD, NFKC, NFKD")
        for pattern in patterns:
            compile_pattern(pattern)
        self.merges = tuple(merges)
        self.patterns, self.forms = tuple(patterns), tuple(forms)
        self.add_prefix_space, self.ignore_merges = add_prefix_space, ignore_merges
        self._ranks: Mapping[tuple[str, str], int] = {pair: rank for rank, pair in enumerate(merges)}
        self._known: dict[str, list[str]] = {}

    @classmethod
    def train(
        cls,
        texts: Iterable[str],
        vocab_size: int,
        special: Iterable[str] = (),
        *,
        patterns: Sequence[str] = (GPT2_PATTERN,),
        min_count: int = 2,
    ) -> "BPETokenizer":
        """Learn merges from these texts until the vocabulary has `vocab_size` tokens, special ones and bytes included.

        It may stay smaller: pairs that are there less than `min_count` times are left alone. Raises CourseError when
        the vocabulary has no room for the bytes, or `texts` is not a list of texts.
        """
        special = list(special)
        least = len(SPECIAL_TOKENS) + len(ALPHABET) + len(special)
        if not isinstance(vocab_size, int) or vocab_size < least:
            raise CourseError(f"a vocabulary of {vocab_size} is too small: special tokens and bytes alone are {least}")
        made: dict[str, None] = {}
        merges = []
        for step in merge_steps(count_pieces(texts, patterns), min_count):
            if len(made) == vocab_size - least:
                break
            merges.append((step.left, step.right))
            made[step.token] = None
        return cls(merges, special, patterns=patterns)

    @classmethod
    def from_gpt2_files(cls, vocabulary: str | Path, merges: str | Path) -> "BPETokenizer":
        """GPT-2's tokenizer from the two files in which it was published, `encoder.json` and `vocab.bpe`."""
        try:
            ids = json.loads(Path(vocabulary).read_text(encoding="utf-8"))
            lines = Path(merges).read_text(encoding="utf-8").split("\n")
            pairs = [pair_of(line) for line in lines if line and not line.startswith("#version")]
            tokens = sorted(ids, key=ids.__getitem__)
            return cls(pairs, ["<|endoftext|>"], vocabulary=tokens)
        except (OSError, ValueError, TypeError, KeyError, AttributeError) as error:
            raise CourseError(f"{vocabulary} and {merges} are not GPT-2's two files: {error}") from None

    def with_merges(self, n: int) -> "BPETokenizer":
        """The tokenizer as it was after its first `n` merges. Raises CourseError where it has not so many.

        Only for tokenizers that are laid out as `train` does it, where later merges have later ids.
        """
        if self.vocabulary[: len(SPECIAL_TOKENS)] != SPECIAL_TOKENS or self._always:
            raise CourseError("the stages of a tokenizer can be shown only of one that was trained here")
        if not 0 <= n <= len(self.merges):
            raise CourseError(f"this tokenizer has {len(self.merges)} merges, so there is none after {n} of them")
        return BPETokenizer(islice(self.merges, n), self.special_tokens[len(SPECIAL_TOKENS) :], patterns=self.patterns)

    def split(self, text: str) -> list[str]:
        for form in self.forms:
            text = unicodedata.normalize(form, text)  # type: ignore[arg-type]
        if self.add_prefix_space and not text.startswith(" "):
            text = " " + text
        tokens: list[str] = []
        for piece in pieces(text, self.patterns):
            tokens += self._known.get(piece) or self._tokens_of(piece)
        return tokens

    def _tokens_of(self, piece: str) -> list[str]:
        characters = to_characters(piece)
        if self.ignore_merges and characters in self._id_of:
            tokens = [characters]
        else:
            tokens = (merge_piece if len(characters) < LONG else merge_long_piece)(characters, self._ranks)
        if len(self._known) < REMEMBERED and len(characters) < 10 * LONG:
            self._known[piece] = tokens
        return tokens

    def join(self, tokens: Sequence[str]) -> str:
        """The text of these tokens; where their bytes end in the midst of a character, there stands `\ufffd`."""
        return b"".join(map(to_bytes, tokens)).decode("utf-8", errors="replace")

    def readable(self, token: str) -> str:
        """A token as text: ` ring`, not `Ġring`; bytes that are no whole character as `\\xf0\\x9f`."""
        if token in self.special_tokens:
            return token
        in_bytes = to_bytes(token)
        try:
            return in_bytes.decode("utf-8")
        except UnicodeDecodeError:
            return "".join(f"\\x{byte:02x}" for byte in in_bytes)

    def _identity(self) -> tuple[Any, ...]:
        settings = (self.patterns, self.forms, self.add_prefix_space, self.ignore_merges, self._always)
        return (*super()._identity(), self.merges, *settings)

    __hash__ = Tokenizer.__hash__

    def _file_parts(self) -> dict[str, Any]:
        plain = self.patterns == (GPT2_PATTERN,)
        byte_level = {"type": "ByteLevel", "add_prefix_space": self.add_prefix_space, "trim_offsets": True}
        last = byte_level | {"use_regex": plain}
        cuts = [
            {"type": "Split", "pattern": {"Regex": pattern}, "behavior": "Isolated", "invert": False}
            for pattern in self.patterns
        ]
        forms = [{"type": form} for form in self.forms]
        return {
            "normalizer": {"type": "Sequence", "normalizers": forms} if forms else None,
            "pre_tokenizer": last if plain else {"type": "Sequence", "pretokenizers": [*cuts, last]},
            "decoder": byte_level | {"use_regex": True},
            "model": {
                "type": "BPE",
                "dropout": None,
                "unk_token": None,
                "continuing_subword_prefix": None,
                "end_of_word_suffix": None,
                "fuse_unk": False,
                "byte_fallback": False,
                "ignore_merges": self.ignore_merges,
                "vocab": self._id_of,
                "merges": [list(pair) for pair in self.merges],
            },
        }
