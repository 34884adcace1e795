"""How tokenizers cut, on cuts that can be counted by hand."""

import pytest

from llmcourse.analysis.cuts import characters_per_token, unused_tokens, ways_to_cut
from llmcourse.corpus import BPETokenizer, CharTokenizer
from llmcourse.errors import CourseError

PAIRS = BPETokenizer([("1", "2"), ("Ġ", "12"), ("3", "4"), ("a", "b")])


def test_characters_per_token() -> None:
    assert characters_per_token(PAIRS, ["abab", "x"]) == pytest.approx(5 / 3)
    assert characters_per_token(CharTokenizer(["a"]), ["aaa"]) == 1
    with pytest.raises(CourseError, match="nothing to measure"):
        characters_per_token(PAIRS, [""])


def test_ways_to_cut_a_number() -> None:
    ways = ways_to_cut(PAIRS, [1234, 1212, 5678, 9])
    assert ways == {(2, 2): 2, (1, 1, 1, 1): 1, (1,): 1}


def test_tokens_that_never_come() -> None:
    unused = unused_tokens(PAIRS, [" 1234", "ab"])
    assert PAIRS.id_of("12") in unused  # always swallowed by the space before it
    assert not {PAIRS.id_of("ab"), PAIRS.id_of("Ġ12"), 0, 1, 2} & set(unused)
    assert len(unused) == PAIRS.vocab_size - 3 - 3
