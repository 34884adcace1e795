import pytest
import torch

from llmcourse.analysis.bag_of_words import BagOfWords
from llmcourse.corpus import Labelled, load
from llmcourse.corpus.sentiment import sentiment_examples
from llmcourse.errors import CourseError

SIMPLE = [Labelled(f"the {noun} was {word}", label) for noun in ("fox", "owl", "cat") for word, label in
          (("good", 1), ("Good", 1), ("bad", 0), ("Bad", 0))]  # fmt: skip


def test_it_learns_which_words_speak_for_which_class():
    baseline = BagOfWords().fit(SIMPLE)
    assert baseline.accuracy([Labelled("a dog was good", 1), Labelled("bad dog", 0)]) == 1
    assert baseline.strongest(1) == {"for": ["good"], "against": ["bad"]}
    probabilities = baseline.predict(["good", "bad", "the dog"])
    torch.testing.assert_close(probabilities.sum(-1), torch.ones(3))
    assert probabilities[0, 1] > 0.5 > probabilities[1, 1]


def test_order_changes_nothing_in_a_bag_and_something_in_pairs():
    texts = ["glad not sad", "sad not glad"]
    one, other = BagOfWords().fit([*SIMPLE, Labelled(texts[0], 1), Labelled(texts[1], 0)]).predict(texts)
    torch.testing.assert_close(one, other)
    one, other = BagOfWords(2).fit([*SIMPLE, Labelled(texts[0], 1), Labelled(texts[1], 0)]).predict(texts)
    assert one[1] > other[1]


def test_on_the_worlds_task_it_cannot_tell_whose_feeling_is_asked_for():
    corpus = load("world")
    baseline = BagOfWords().fit(sentiment_examples(corpus.train[:4000], 300))
    accuracy = baseline.accuracy(sentiment_examples(corpus.validation, 200))
    assert accuracy < 0.87


def test_one_class_alone_is_refused_in_one_line():
    with pytest.raises(CourseError, match="all 2 examples have the same label"):
        BagOfWords().fit([Labelled("a", 1), Labelled("b", 1)])
    with pytest.raises(CourseError, match="neighbours=0 must be 1 or more"):
        BagOfWords(0)
