"""The market beside the story world, and the small story in nine languages."""

import unicodedata

from llmcourse.corpus.languages import AROUND, LOST
from llmcourse.corpus.market import compound_words, ledger_lines, market_talk, mixed_texts


def test_the_same_seed_writes_the_same() -> None:
    assert mixed_texts(["A story."]) == mixed_texts(["A story."])
    assert ledger_lines(3, seed=1) != ledger_lines(3, seed=2)
    assert market_talk(3, ["a", "b"], seed=1) == market_talk(3, ["a", "b"], seed=1)


def test_compounds_are_different_words_without_strawberry() -> None:
    words = compound_words(10_000)
    assert len(set(words)) == len(words) > 3_500
    assert "strawberry" not in words
    assert all(word.isalpha() and word.islower() for word in words)
    assert "strawberr" not in " ".join(mixed_texts([])).lower()


def test_accounts_are_sentences_with_a_year() -> None:
    for line in ledger_lines(200):
        assert line.startswith("In ")
        assert 1700 < int(line.split()[1]) <= 2026
        assert line.endswith(" coins.")


def test_parallel_texts_have_as_many_sentences_in_every_language() -> None:
    stops = ".。।"
    for texts in (LOST, AROUND):
        assert len({sum(text.count(stop) for stop in stops) for text in texts.values()}) == 1
        assert all(unicodedata.is_normalized("NFC", text) for text in texts.values())
    assert LOST.keys() == AROUND.keys()
    assert not set(LOST.values()) & set(AROUND.values())
