from collections import Counter

import pytest

from llmcourse.corpus import World, load
from llmcourse.corpus.sentiment import (
    CLASSES,
    KINDS,
    SHOWN,
    asked,
    feeling_question,
    feelings,
    sentiment_examples,
    turned,
)
from llmcourse.corpus.text import split_words
from llmcourse.errors import CourseError

STORIES = World().stories(400, seed=12)
HERO = {"said", "shown", "negated", "hero"}


def test_the_heros_label_is_the_worlds_own():
    """The label is read off the last sentence; the world knows the hero's feeling from the plot."""
    for story in STORIES:
        (label,) = [label for kind, label in feelings(story).values() if kind in HERO]
        assert ("negative", "positive")[label] == story.sentiment, story.text


def test_two_people_feel_differently_and_the_texts_differ_in_one_name():
    pairs = [asked(story) for story in STORIES if len(feelings(story)) == 2]
    assert len(pairs) > 20
    for friend, hero in pairs:
        assert (friend.kind, hero.kind) == ("friend", "hero")
        assert friend.label + hero.label == 1
        one, other = split_words(friend.text), split_words(hero.text)
        assert one[:-7] == other[: len(one) - 7]


def test_nothing_of_the_answer_is_left_in_the_text():
    for story in STORIES:
        for example in asked(story):
            assert example.text.endswith("feel at the end?")
            assert example.text.count("?") == 1
            assert set(split_words(example.text)) <= set(World().vocabulary)


def test_the_question_is_the_worlds_own_where_it_asks_about_a_feeling():
    questions = {story.question for story in STORIES if "feel" in story.question}
    ours = {feeling_question(who) for story in STORIES for who in feelings(story)}
    assert questions
    assert questions <= ours


def test_what_is_shown_is_all_that_the_world_can_show():
    last = [split_words(story.body)[-6] for story in STORIES if "all the way home" in story.body]
    assert set(last) == set(SHOWN)


def test_of_every_ten_two_are_of_each_kind():
    examples = sentiment_examples(load("world").validation, 60)
    for start in range(0, 60, 10):
        assert Counter(example.kind for example in examples[start : start + 10]) == dict.fromkeys(KINDS, 2)
    assert Counter(example.label for example in examples) == {0: 30, 1: 30}
    assert len({example.text for example in examples}) == 60
    assert len(CLASSES) == 2


def test_a_longer_list_begins_with_a_shorter_one():
    texts = [story.text for story in STORIES]
    assert sentiment_examples(texts, 40)[:20] == sentiment_examples(texts, 20)


def test_too_few_stories_are_told_in_one_line():
    with pytest.raises(CourseError, match="3 stories make 0 balanced examples, not 10: give more stories"):
        sentiment_examples([story.text for story in STORIES[:3]], 10)


def test_a_turned_story_differs_in_its_last_sentence_alone_and_has_the_other_label():
    for story in STORIES[:100]:
        for example in asked(story):
            other = turned(example)
            assert (other.label, other.kind) == (1 - example.label, example.kind)
            assert turned(other) == example
            same = other.text.split(". ")[:-2] == example.text.split(". ")[:-2]
            assert same
            assert other.text.split(". ")[-2] != example.text.split(". ")[-2]
            assert other.text.split(". ")[-1] == example.text.split(". ")[-1]
