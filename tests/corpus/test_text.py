import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmcourse.corpus import World, join_words, split_words

words = st.text(st.characters(categories=["L", "N"]), min_size=1)
marks = st.sampled_from(list(".,?!:;-'\"()<>«»—"))


@pytest.mark.parametrize(
    ("text", "tokens"),
    [
        ("Mia ran. She won.", ["Mia", "ran", ".", "She", "won", "."]),
        ("Who found it? Tom.", ["Who", "found", "it", "?", "Tom", "."]),
        ("  two\n lines\t", ["two", "lines"]),
        ("don't", ["don", "'", "t"]),
        ("Zoë: 21!?", ["Zoë", ":", "21", "!", "?"]),
        ("", []),
    ],
)
def test_words_and_marks_are_cut_apart(text, tokens):
    assert split_words(text) == tokens


@given(st.lists(words | marks))
def test_joining_and_splitting_gives_the_tokens_back(tokens):
    assert split_words(join_words(tokens)) == tokens


@given(st.text())
def test_nothing_but_white_space_is_lost(text):
    assert "".join(split_words(text)) == "".join(text.split())


@given(st.text())
def test_text_that_was_joined_once_stays_as_it_is(text):
    joined = join_words(split_words(text))
    assert join_words(split_words(joined)) == joined


def test_the_two_are_inverse_on_stories():
    for story in World().stories(200, seed=3):
        assert join_words(split_words(story.text)) == story.text
        assert split_words(story.text) == list(story.tokens)
