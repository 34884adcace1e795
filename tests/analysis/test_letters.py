"""A probe that counts letters learns what a token is made of, and only for tokens that it has seen."""

import pytest

from llmcourse.analysis.letters import LetterProbe, token_counts
from llmcourse.corpus import BPETokenizer, CharTokenizer
from llmcourse.corpus.market import compound_words
from llmcourse.errors import CourseError

LETTERS = CharTokenizer.for_texts(["abcdefghijklmnopqrstuvwxyz"])
WORDS = compound_words(400, seed=2)
PAIRS = BPETokenizer.train(WORDS, 400)


def test_tokens_are_counted() -> None:
    counts = token_counts(["berry", "a"], LETTERS)
    assert counts[0, LETTERS.id_of("r")] == 2
    assert counts.sum(1).tolist() == [5, 1]


def test_from_characters_a_few_words_are_enough() -> None:
    assert LetterProbe(LETTERS, "r", WORDS[:60]).accuracy(WORDS[60:]) == 1
    assert LetterProbe(LETTERS, "r", WORDS[:60]).count(["strawberry"]) == [3]


def test_from_tokens_they_are_not_but_what_was_learned_is_known() -> None:
    few = LetterProbe(PAIRS, "r", WORDS[:60])
    assert few.accuracy(WORDS[60:]) < 0.9
    assert LetterProbe(PAIRS, "r", WORDS).accuracy(WORDS) > 0.95


def test_a_token_that_was_never_seen_counts_for_nothing() -> None:
    assert LetterProbe(LETTERS, "r", ["ring", "king", "r"]).count(["z", ""]) == [0, 0]


@pytest.mark.parametrize(("letter", "words"), [("r", []), ("rr", ["ring"]), ("", ["ring"])])
def test_nothing_to_learn(letter: str, words: list[str]) -> None:
    with pytest.raises(CourseError, match="one letter, from at least one word"):
        LetterProbe(LETTERS, letter, words)
