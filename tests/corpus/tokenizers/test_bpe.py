"""Byte-level BPE: any text comes back, with any merges, however long."""

import math

import numpy
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from corpus.tokenizers.library import any_text, babble
from llmcourse.corpus import BPETokenizer, CharTokenizer, Tokenizer, WordTokenizer
from llmcourse.corpus.languages import AROUND, LOST
from llmcourse.corpus.market import CODE
from llmcourse.corpus.tokenizers.byte_characters import ALPHABET, byte_characters, to_bytes, to_characters
from llmcourse.corpus.tokenizers.merging import merge_long_piece, merge_piece
from llmcourse.corpus.tokenizers.pieces import GPT2_PATTERN, number_pattern, pieces
from llmcourse.errors import CourseError

MIXED = BPETokenizer.train([*AROUND.values(), CODE] * 2, 700, special=["<mask>"])
ALL = [MIXED, WordTokenizer(["Mia", "."]), CharTokenizer.for_texts(["Mia."])]


@given(st.text())
def test_any_text_comes_back(text: str) -> None:
    ids = MIXED.encode(text, bos=True, eos=True)
    assert MIXED.decode(ids) == text
    assert ids[0] == MIXED.bos_id
    assert ids[-1] == MIXED.eos_id
    assert not set(ids[1:-1]) & {0, 1, 2, MIXED.id_of("<mask>")}


@given(st.text(), st.lists(st.sampled_from([r"\p{L}+", r"\s", "x*", r"(?=a)", r"\p{N}"]), max_size=3))
def test_any_text_comes_back_with_any_fences(text: str, patterns: list[str]) -> None:
    assert "".join(pieces(text, patterns)) == text
    tokenizer = BPETokenizer(MIXED.merges, patterns=patterns)
    assert tokenizer.decode(tokenizer.encode(text)) == text


def test_other_languages_come_back_and_so_does_half_a_character() -> None:
    for text in LOST.values():
        assert MIXED.decode(MIXED.encode(text)) == text
    ids = MIXED.encode("🍓")
    assert "".join(MIXED.tokens(ids)) == "\\xf0\\x9f\\x8d\\x93" or len(ids) < 4
    assert MIXED.decode(ids[:1]) == "\ufffd"


@given(babble, st.text("abc", max_size=60))
def test_the_heap_gives_the_same_tokens_as_looking_again(texts: list[str], text: str) -> None:
    ranks = {pair: rank for rank, pair in enumerate(BPETokenizer.train(texts, 300, min_count=1).merges)}
    assert merge_long_piece(text, ranks) == merge_piece(text, ranks)


def test_a_huge_text_without_a_space_takes_no_square_of_time() -> None:
    text = "abcd" * 100_000
    tokenizer = BPETokenizer.train(["abcd abcd"], 270)
    assert tokenizer.encode(text) == [tokenizer.id_of("abcd")] * 100_000


def test_merges_are_done_in_the_order_of_learning_not_longest_first() -> None:
    tokenizer = BPETokenizer([("o", "w"), ("l", "o")])
    assert tokenizer.split("low") == ["l", "ow"]
    assert BPETokenizer([("l", "o"), ("o", "w")]).split("low") == ["lo", "w"]


def test_every_byte_has_a_character_of_its_own() -> None:
    characters = byte_characters()
    assert len(set(characters)) == 256
    assert all(character.isprintable() and character != " " for character in characters)
    assert to_characters(" é") == "ĠÃ©"
    assert to_bytes("ĠÃ©") == b" \xc3\xa9"
    assert list(ALPHABET) == sorted(characters)


@given(st.text())
def test_characters_of_bytes_stand_for_these_bytes(text: str) -> None:
    assert to_bytes(to_characters(text)) == text.encode()


def test_tokens_can_be_read() -> None:
    tokenizer = BPETokenizer([("Ġ", "r"), ("Ã", "©")])
    assert tokenizer.tokens(tokenizer.encode(" ré", eos=True)) == [" r", "é", "<eos>"]


def test_gpt2s_fences() -> None:
    assert pieces("Don't lose 1250 rings,  Mia!") == ["Don", "'t", " lose", " 1250", " rings", ",", " ", " Mia", "!"]
    assert pieces("") == []
    assert pieces("a b", ()) == ["a b"]
    assert pieces("in 2026", (number_pattern(),)) == ["in", " ", "2", "0", "2", "6"]


@pytest.mark.parametrize("pattern", ["(", "[", None, 7])
def test_a_pattern_that_is_none(pattern: object) -> None:
    with pytest.raises(CourseError, match="not a pattern that cuts texts"):
        BPETokenizer([], patterns=[pattern])  # type: ignore[list-item]


def test_the_stages_of_training() -> None:
    assert MIXED.with_merges(0).vocab_size == 3 + 256 + 1
    half = MIXED.with_merges(100)
    assert half.merges == MIXED.merges[:100]
    assert half.id_of("<mask>") == half.vocab_size - 1
    with pytest.raises(CourseError, match="there is none after"):
        MIXED.with_merges(10_000)
    with pytest.raises(CourseError, match="trained here"):
        BPETokenizer([], vocabulary=["a"]).with_merges(0)


def test_equal_tokenizers_are_equal() -> None:
    assert BPETokenizer([("a", "b")]) == BPETokenizer([("a", "b")])
    assert len({BPETokenizer([("a", "b")]), BPETokenizer([("a", "b")])}) == 1
    assert BPETokenizer([("a", "b")]) != BPETokenizer([("b", "a")])
    assert BPETokenizer([("a", "b")]) != BPETokenizer([("a", "b")], patterns=[r"\p{L}+"])
    assert BPETokenizer([]) != WordTokenizer([])


@pytest.mark.parametrize(
    ("build", "message"),
    [
        (lambda: BPETokenizer([("in", "g")]), "needs the token 'in'"),
        (lambda: BPETokenizer([], special=["<eos>"]), "'<eos>' is there twice"),
        (lambda: BPETokenizer([], special=["a"]), "'a' is there twice"),
        (lambda: BPETokenizer([], forms=["NFX"]), "no Unicode normal form 'NFX'"),
        (lambda: BPETokenizer([("a", "b")], vocabulary=["a", "b"]), "needs the token 'ab'"),
    ],
)
def test_a_tokenizer_that_cannot_be(build: object, message: str) -> None:
    with pytest.raises(CourseError, match=message):
        build()  # type: ignore[operator]


def test_a_byte_that_a_loaded_vocabulary_lacks_is_named() -> None:
    with pytest.raises(CourseError, match="'b' is not in the vocabulary"):
        BPETokenizer([], vocabulary=["a"]).encode("ab")


@pytest.mark.parametrize("tokenizer", ALL, ids=lambda tokenizer: tokenizer.kind)
class TestBadInput:
    @pytest.mark.parametrize("text", [None, 7, math.nan, b"Mia", ["Mia"], {"Mia"}])
    def test_what_is_no_text(self, tokenizer: Tokenizer, text: object) -> None:
        with pytest.raises(CourseError, match=r"reads a text \(str\), not (None|an? \w+)"):
            tokenizer.encode(text)  # type: ignore[arg-type]

    def test_a_lone_surrogate(self, tokenizer: Tokenizer) -> None:
        with pytest.raises(CourseError, match=r"lone surrogate U\+D83C at place 4") as caught:
            tokenizer.encode("Mia.\ud83c")
        assert "\n" not in str(caught.value)

    def test_nothing(self, tokenizer: Tokenizer) -> None:
        assert tokenizer.encode("") == []
        assert tokenizer.decode([]) == ""
        assert tokenizer.tokens([]) == []
        assert tokenizer.encode("", bos=True, eos=True) == [1, 2]

    @pytest.mark.parametrize("id", [-1, 10**9, 1.0, math.nan, None, "a", "1"])
    def test_what_is_no_id(self, tokenizer: Tokenizer, id: object) -> None:
        for method in (tokenizer.decode, tokenizer.tokens):
            with pytest.raises(CourseError, match="not the id of a token|whole number"):
                method([id])  # type: ignore[list-item]

    @pytest.mark.parametrize("ids", [None, 3, "12", b"12", 1.5])
    def test_what_is_no_list_of_ids(self, tokenizer: Tokenizer, ids: object) -> None:
        with pytest.raises(CourseError, match="a list of whole numbers"):
            tokenizer.decode(ids)  # type: ignore[arg-type]

    def test_ids_in_arrays_and_tensors(self, tokenizer: Tokenizer) -> None:
        ids = tokenizer.encode("Mia.")
        assert tokenizer.decode(numpy.array(ids)) == tokenizer.decode(torch.tensor(ids)) == "Mia."  # type: ignore[arg-type]
        with pytest.raises(CourseError, match="whole number"):
            tokenizer.decode(torch.tensor([ids]))  # type: ignore[arg-type]

    def test_a_huge_text(self, tokenizer: Tokenizer) -> None:
        text = "Mia." * 50_000
        assert tokenizer.decode(tokenizer.encode(text)).replace(" ", "") == text


def test_the_pattern_is_the_one_that_gpt2_was_published_with() -> None:
    assert GPT2_PATTERN == r"""'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+"""


@given(any_text)
def test_nothing_is_cut_off_or_doubled(text: str) -> None:
    assert "".join(pieces(text)) == text
