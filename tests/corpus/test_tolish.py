import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmcourse.corpus.tolish import (
    DICTIONARY,
    LOOKS,
    NOUNS,
    SILENT,
    VERBS,
    kind_of,
    tolish_tokenizer,
    translate,
    translations,
)
from llmcourse.errors import CourseError


def test_by_hand() -> None:
    pair = translate("Mia lost the golden ring near the mill.")
    assert pair.tolish == "Mia sol oru bei mulin mirek."
    assert pair.alignment == (0, 4, 3, 5, 7, 1, 8)
    assert pair.english == "Mia lost the golden ring near the mill."


def test_one_word_for_one_word() -> None:
    assert len(set(DICTIONARY.values())) == len(DICTIONARY)
    both = set(DICTIONARY) & set(DICTIONARY.values())
    assert all(DICTIONARY[word] == word for word in both)  # names and the full stop


@given(st.integers(0, 10_000))
def test_the_rules(seed: int) -> None:
    (pair,) = translations(1, seed)
    assert [DICTIONARY[pair.source[place]] for place in pair.alignment] == list(pair.target)
    read = sorted(pair.alignment)
    assert read == [place for place, word in enumerate(pair.source) if word != SILENT]  # each word once
    assert pair.source[pair.alignment[-2]] in VERBS  # last but the full stop
    for before, after in zip(pair.alignment, pair.alignment[1:], strict=False):
        if pair.source[after] in LOOKS:
            assert pair.source[before] in NOUNS
            assert after == before - 1
    tokenizer = tolish_tokenizer()
    assert tokenizer.decode(tokenizer.encode(pair.english)) == pair.english
    assert tokenizer.decode(tokenizer.encode(pair.tolish)) == pair.tolish


def test_none_twice_and_none_of_those_held_out() -> None:
    held_out = translations(50, seed=1)
    others = translations(500, seed=1, without=held_out)
    sentences = [pair.english for pair in [*held_out, *others]]
    assert len(set(sentences)) == 550
    assert translations(3, seed=4) == translations(3, seed=4) != translations(3, seed=5)


def test_a_word_that_is_not_in_the_dictionary() -> None:
    with pytest.raises(CourseError, match="'dragon' is not in the dictionary of [0-9]+ words: try another one"):
        translate("Mia lost the dragon .")


def test_kinds_of_words() -> None:
    kinds = [kind_of(word) for word in translate("Mia lost the golden ring near the mill.").source]
    assert kinds == ["name", "verb", "article", "adjective", "noun", "preposition", "article", "noun", "full stop"]
