"""Training: the same merges as a recount, and as the `tokenizers` library."""

from collections import Counter
from itertools import islice, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from corpus.tokenizers.library import any_text, babble, trained_by_the_library
from llmcourse.corpus import BPETokenizer, World, tokenizer_from_json
from llmcourse.corpus.languages import AROUND
from llmcourse.corpus.market import mixed_texts
from llmcourse.corpus.tokenizers.byte_characters import ALPHABET
from llmcourse.corpus.tokenizers.training import count_pairs, count_pieces, merge_pair, merge_steps
from llmcourse.errors import CourseError


def recounted(words: Counter[str], n: int) -> list[tuple[str, str]]:
    """The same, told plainly: count everything, merge the best pair, begin again."""
    age = {token: place for place, token in enumerate(ALPHABET)}
    split = {tuple(word): times for word, times in words.items()}
    merges: list[tuple[str, str]] = []
    while len(merges) < n:
        counts = count_pairs(split)
        best = min(counts, key=lambda pair: (-counts[pair], age[pair[0]], age[pair[1]]), default=None)
        if best is None or counts[best] < 2:
            break
        merges.append(best)
        age.setdefault("".join(best), len(age))
        split = {tuple(merge_pair(word, best)): times for word, times in split.items()}
    return merges


def test_by_hand() -> None:
    words = {tuple("ring"): 3, tuple("king"): 2, tuple("sing"): 1}
    assert count_pairs(words) == {("i", "n"): 6, ("n", "g"): 6, ("r", "i"): 3, ("k", "i"): 2, ("s", "i"): 1}
    assert merge_pair(list("ringing"), ("i", "n")) == ["r", "in", "g", "in", "g"]
    steps = list(merge_steps({"".join(word): times for word, times in words.items()}))
    assert [step.token for step in steps] == ["in", "ing", "ring", "king"]
    assert [step.times for step in steps] == [6, 6, 3, 2]


def test_overlapping_pairs_are_merged_from_the_left() -> None:
    assert merge_pair(list("aaa"), ("a", "a")) == ["aa", "a"]
    assert merge_pair(list("aaaa"), ("a", "a")) == ["aa", "aa"]
    assert merge_pair([], ("a", "a")) == []


@given(st.lists(st.sampled_from("ab")), st.tuples(st.sampled_from("ab"), st.sampled_from("ab")))
def test_merging_changes_no_text_and_leaves_no_pair(tokens: list[str], pair: tuple[str, str]) -> None:
    merged = merge_pair(tokens, pair)
    assert "".join(merged) == "".join(tokens)
    assert pair not in set(pairwise(merged))


@given(st.lists(st.text("abcd ", max_size=20), min_size=1, max_size=4))
def test_counts_that_are_kept_give_the_merges_of_counts_made_anew(texts: list[str]) -> None:
    words = count_pieces(texts)
    kept = [(step.left, step.right) for step in islice(merge_steps(words), 12)]
    # Equal up to the first token that two different pairs could make: from there on the library's order is followed.
    made = [left + right for left, right in kept]
    unique = next((n for n in range(len(made)) if made[n] in made[:n]), len(made))
    assert kept[:unique] == recounted(words, 12)[:unique]


@settings(max_examples=150)
@given(babble, st.sampled_from([262, 275, 320]), st.sampled_from([0, 2, 3]))
def test_the_library_learns_the_same_from_babble(texts: list[str], vocab_size: int, min_count: int) -> None:
    ours = BPETokenizer.train(texts, vocab_size, min_count=min_count)
    theirs = trained_by_the_library(texts, vocab_size, min_count)
    assert tokenizer_from_json(theirs.to_str()) == ours
    assert [theirs.encode(text).ids for text in texts] == [ours.encode(text) for text in texts]


@settings(max_examples=50)
@given(st.lists(any_text, min_size=1, max_size=4))
def test_the_library_learns_the_same_from_any_text(texts: list[str]) -> None:
    texts = texts * 2
    assert tokenizer_from_json(trained_by_the_library(texts, 300).to_str()) == BPETokenizer.train(texts, 300)


def test_the_library_learns_the_same_from_stories_and_from_many_scripts() -> None:
    world = World()
    stories = [world.story(seed=seed).text for seed in range(150)]
    for texts, vocab_size in ((mixed_texts(stories), 1500), (list(AROUND.values()), 600)):
        ours = BPETokenizer.train(texts, vocab_size)
        theirs = trained_by_the_library(texts, vocab_size)
        assert tokenizer_from_json(theirs.to_str()) == ours
        assert all(theirs.encode(text).ids == ours.encode(text) for text in texts[::10])


def test_the_library_learns_the_same_from_shakespeare(shakespeare: str) -> None:
    ours = BPETokenizer.train([shakespeare], 3000)
    theirs = trained_by_the_library([shakespeare], 3000)
    assert tokenizer_from_json(theirs.to_str()) == ours
    assert theirs.encode(shakespeare).ids == ours.encode(shakespeare)
    assert ours.decode(ours.encode(shakespeare)) == shakespeare


def test_a_step_says_what_it_had_to_read() -> None:
    steps = list(merge_steps(count_pieces(["ring king sing moon"] * 2)))
    assert all(0 < step.looked_at <= step.in_all for step in steps)
    assert steps[0].in_all == len("ring king sing moon")
    assert steps[1].in_all == steps[0].in_all - 3  # "in" in three words


@pytest.mark.parametrize("texts", [[], [""], ["", ""], ["a"]])
def test_where_nothing_is_to_be_learned_the_bytes_are_left(texts: list[str]) -> None:
    tokenizer = BPETokenizer.train(texts, 1000)
    assert tokenizer.vocab_size == 259
    assert tokenizer.decode(tokenizer.encode("Ωring")) == "Ωring"


@pytest.mark.parametrize("vocab_size", [0, 258, -5, 300.0, None])
def test_a_vocabulary_without_room_for_the_bytes(vocab_size: object) -> None:
    with pytest.raises(CourseError, match="too small: special tokens and bytes alone are 259"):
        BPETokenizer.train(["ring"], vocab_size)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("texts", "message"),
    [("ring", "put a single text into a list"), (7, "list of texts"), ([None], "not None"), (["\ud800"], "surrogate")],
)
def test_what_cannot_be_learned_from(texts: object, message: str) -> None:
    with pytest.raises(CourseError, match=message):
        BPETokenizer.train(texts, 300)  # type: ignore[arg-type]
