"""Given GPT-2's merges, GPT-2's ids, on any input. The two published files are needed for it."""

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
import regex
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Tokenizer as Library
from tokenizers import decoders, models, pre_tokenizers

from corpus.tokenizers.library import any_text
from llmcourse.corpus import BPETokenizer, tokenizer_from_json
from llmcourse.corpus.languages import LOST
from llmcourse.corpus.market import CODE

TEXTS = [
    *LOST.values(),
    CODE,
    "strawberry 1234567",
    "it's you'LL",
    " \n\n  x",
    "a" * 300,
    "👩‍🌾❤️",
    "\x00\x1c\x85\ufeff",
]


@pytest.fixture(scope="module")
def files(corpora: Path) -> tuple[Path, Path]:
    return corpora / "gpt2-encoder.json", corpora / "gpt2-vocab.bpe"


@pytest.fixture(scope="module")
def ours(files: tuple[Path, Path]) -> BPETokenizer:
    return BPETokenizer.from_gpt2_files(*files)


@pytest.fixture(scope="module")
def library(files: tuple[Path, Path]) -> Library:
    made = Library(models.BPE.from_file(*map(str, files)))
    made.pre_tokenizer, made.decoder = pre_tokenizers.ByteLevel(add_prefix_space=False), decoders.ByteLevel()
    made.add_special_tokens(["<|endoftext|>"])
    return made


@pytest.fixture(scope="module")
def as_published(files: tuple[Path, Path]) -> Any:
    """GPT-2's own procedure, written down once more: all occurrences of the best pair at a time, until none is left."""
    ids = json.loads(files[0].read_text(encoding="utf-8"))
    ranks = {tuple(line.split()): n for n, line in enumerate(files[1].read_text(encoding="utf-8").split("\n")[1:-1])}
    visible = [*range(33, 127), *range(161, 173), *range(174, 256)]
    hidden = [byte for byte in range(256) if byte not in visible]
    name = {byte: chr(byte) for byte in visible} | {byte: chr(256 + n) for n, byte in enumerate(hidden)}
    words = regex.compile(r"""'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+""")

    def encode(text: str) -> list[int]:
        found = []
        for piece in words.findall(text):
            word = [name[byte] for byte in piece.encode()]
            while len(word) > 1:
                best = min(pairwise(word), key=lambda pair: ranks.get(pair, 10**9))
                if best not in ranks:
                    break
                merged, at = [], 0
                while at < len(word):
                    both = at < len(word) - 1 and (word[at], word[at + 1]) == best
                    merged.append("".join(best) if both else word[at])
                    at += 2 if both else 1
                word = merged
            found += [ids[token] for token in word]
        return found

    return encode


def test_ids_that_are_known(ours: BPETokenizer) -> None:
    assert ours.vocab_size == 50_257
    assert ours.encode("Hello world") == [15496, 995]
    assert ours.bos_id == ours.eos_id == 50_256
    assert ours.decode([50_256]) == ""


def test_the_same_ids_as_gpt2_on_any_text(ours: BPETokenizer, library: Library, as_published: Any) -> None:
    @settings(max_examples=400)
    @given(st.one_of(any_text, st.text("theand '1\n.é", max_size=200), st.sampled_from(TEXTS)))
    def same(text: str) -> None:
        ids = ours.encode(text)
        assert ids == as_published(text)
        assert ids == library.encode(text).ids
        assert ours.decode(ids) == text == library.decode(ids)

    same()


def test_characters_that_only_new_editions_of_unicode_have(ours: BPETokenizer, as_published: Any) -> None:
    @given(st.text())
    def same(text: str) -> None:
        assert ours.encode(text) == as_published(text)
        assert ours.decode(ours.encode(text)) == text

    same()


def test_its_special_token(ours: BPETokenizer, library: Library) -> None:
    text = "one<|endoftext|>two"
    assert ours.encode(text, parse_special=True) == library.encode(text).ids
    assert 50_256 not in ours.encode(text)


def test_shakespeare(ours: BPETokenizer, library: Library, shakespeare: str) -> None:
    ids = ours.encode(shakespeare)
    assert ids == library.encode(shakespeare).ids
    assert ours.decode(ids) == shakespeare
    assert len(ids) == 338_025  # as others count them too


def test_its_tokenizer_json(ours: BPETokenizer, library: Library) -> None:
    assert tokenizer_from_json(library.to_str()) == ours
    assert Library.from_str(ours.to_json()).encode(CODE).ids == ours.encode(CODE)
