"""Stories without their question: read, told on, and given a better end."""

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmcourse.corpus import NotAStory, World
from llmcourse.corpus.examples import RING, STORIES
from llmcourse.corpus.tales import happier_end, length, read_tale, sentences, tale_or_none, tell_on

WORLD = World()
BODY = WORLD.read(RING).body


@given(st.integers(0, 10_000))
def test_the_body_of_every_story_is_a_tale_with_its_feeling(seed: int) -> None:
    story = WORLD.story(seed)
    tale = read_tale(story.body)
    assert tale.feeling == story.sentiment
    assert tale.ends_well == (story.sentiment == "positive")
    assert " ".join(tale.sentences) == story.body


@given(st.integers(0, 10_000), st.integers(0, 80))
def test_a_beginning_is_no_tale(seed: int, kept: int) -> None:
    words = WORLD.story(seed).body.split(" ")
    assert tale_or_none(" ".join(words[: min(kept, len(words) - 1)])) is None


def test_what_is_no_tale() -> None:
    with pytest.raises(NotAStory, match="cannot stand there"):
        read_tale(BODY.replace("ring", "river"))
    with pytest.raises(NotAStory, match="the text ends"):
        read_tale(BODY.removesuffix(" Mia was happy in the end."))
    with pytest.raises(NotAStory):
        read_tale(f"{BODY} Mia was happy in the end.")  # happy twice is not a happier tale
    with pytest.raises(NotAStory):
        read_tale(RING)  # a tale has no question
    assert tale_or_none("") is None


@given(st.integers(0, 2_000), st.integers(0, 3))
def test_a_tale_told_on_begins_as_told(seed: int, kept: int) -> None:
    beginning = " ".join(sentences(WORLD.story(seed).body)[:kept])
    tale = tell_on(beginning, random.Random(seed))
    assert tale.text.startswith(beginning)
    assert read_tale(tale.text) == tale


def test_a_whole_tale_needs_no_more() -> None:
    assert tell_on(BODY, random.Random(0)).text == BODY


@pytest.mark.parametrize("text", ["Mia the river", f"{BODY} Mia", f"{RING} Mia"])
def test_nothing_follows_what_is_no_beginning(text: str) -> None:
    with pytest.raises(NotAStory):
        tell_on(text, random.Random(0))


def test_told_on_with_the_worlds_own_probabilities() -> None:
    rng, beginning = random.Random(0), " ".join(sentences(BODY)[:6])
    ends = [tell_on(beginning, rng).sentences[6] for _ in range(400)]
    truth = WORLD.next_word(beginning)  # Tom gives it back, or keeps it
    for word, probability in truth.items():
        share = sum(end.split()[0] == word for end in ends) / len(ends)
        assert share == pytest.approx(probability, abs=0.08)


def test_a_happier_end() -> None:
    rng = random.Random(1)
    sad = [story.body for story in WORLD.stories(60, seed=3) if story.sentiment == "negative"]
    found = 0
    for text in sad:
        end = happier_end(text, rng)
        if end is not None:
            found += 1
            told = sentences(text)
            whole = [tale_or_none(" ".join([*told[:kept], end])) for kept in range(2, len(told))]
            assert any(tale is not None and tale.ends_well for tale in whole)
    assert found > len(sad) / 2


def test_sentences_and_length() -> None:
    assert sentences("Mia ran. She sang.") == ["Mia ran.", "She sang."]
    assert sentences("Mia ran. She") == ["Mia ran.", "She"]
    assert sentences("") == []
    assert length(["Mia ran.", "She sang."]) == 6
    assert all(" ".join(sentences(text)) == text for text in STORIES.values())
