"""The whole way from a crawl to clean text, measured; decontamination; the measures themselves."""

from itertools import pairwise

import pytest

from llmcourse.corpus import World
from llmcourse.corpus.cleaning import measure
from llmcourse.corpus.cleaning.decontaminate import drop_contaminated, overlap, runs_of
from llmcourse.corpus.cleaning.measure import Score, removal_score, whole_percent, whole_stories, word_score
from llmcourse.corpus.cleaning.pipeline import clean, stages
from llmcourse.corpus.cleaning.vocabulary import tokenizer_with_unknown, with_unknown, within_budget
from llmcourse.corpus.dirt import Page, crawl
from llmcourse.errors import CourseError

STORIES = [story.text for story in World().stories(400, seed=11)]
TESTS = [story.text for story in World().stories(60, seed=12)]


@pytest.fixture(scope="module")
def pages():
    return crawl(STORIES, dirt=0.3, seed=2, leaks=TESTS[:30])


@pytest.fixture(scope="module")
def found(pages):
    return clean({number: page.text for number, page in enumerate(pages)}, stages(TESTS))


def test_precision_climbs_and_recall_stays(pages, found):
    scores = [word_score(pages, texts) for texts in found.values()]
    for before, after in pairwise(scores):
        assert after.precision >= before.precision
    assert scores[0].precision < 0.2 and scores[-1].precision > 0.7
    assert all(score.recall > 0.97 for score in scores)
    assert len(whole_stories(pages, found["test set"])) > 0.85 * len(STORIES)


def test_each_filter_removes_what_it_was_made_for(pages, found):
    names = list(found)
    for name, what, precision, recall in (
        ("quality", "worthless", 0.99, 0.99),
        ("exact copies", "copies", 1, 0.1),
        ("near copies", "copies", 0.98, 0.6),
        ("test set", "leaked", 0.95, 0.99),
    ):
        score = removal_score(pages, found[names[names.index(name) - 1]], found[name], what)
        assert score.precision >= precision and score.recall >= recall, (name, str(score))


def test_no_leaked_story_is_left(pages, found):
    assert not any(pages[number].leaked for number in found["test set"])
    assert sum(measure.parts(pages, found["crawl"]).values()) == len(pages)


def test_privacy(pages, found):
    score = measure.privacy_score(pages, found["quality"])
    assert score.recall > 0.75 and score.precision > 0.5
    left = measure.privacy_score(pages, found["privacy"])
    assert left.found == 0 and left.wanted > 0  # what was spelled out is still there


def test_an_empty_crawl_goes_through_every_stage():
    assert all(texts == {} for texts in clean({}, stages()).values())
    assert clean({0: "", 1: "<p>"}, stages())["test set"] == {}


def test_decontamination():
    known = runs_of(TESTS[:5])
    assert overlap(TESTS[0], known) == 1 and overlap("", known) == 0 and overlap("Mia ran.", known) == 0
    assert drop_contaminated({4: TESTS[0], 6: STORIES[0]}, TESTS[:5]) == {6: STORIES[0]}
    assert drop_contaminated({4: TESTS[0]}, []) == {4: TESTS[0]}
    with pytest.raises(CourseError, match="threshold must lie"):
        drop_contaminated({}, [], threshold=-1)
    with pytest.raises(CourseError, match="a text is wanted"):
        drop_contaminated({}, [None])


def test_scores_by_hand():
    pages = [
        Page("a", "Mia ran.", 0),
        Page("a", "Mia ran.", 0),
        Page("b", "Tom sat.", 1),
        Page("c"),
        Page("d", "x y", 2, leaked=True),
    ]
    texts = {0: "Mia ran home.", 1: "Mia ran.", 2: "Tom.", 3: "spam spam"}
    score = word_score(pages, texts)
    assert (score.right, score.found, score.wanted) == (3, 8, 4)
    assert whole_stories(pages, texts) == {0}
    removed = removal_score(pages, texts, {0: "", 3: ""}, "copies")  # 1 rightly, 2 wrongly
    assert (removed.precision, removed.recall) == (1 / 2, 1)
    assert removal_score(pages, texts, {2: "", 3: ""}, "worthless").precision == 0
    assert str(Score(1, 3, 1)) == "precision 33%, recall 100%"
    assert [whole_percent(x) for x in (0, 0.001, 0.5, 0.9999, 1)] == ["0%", "1%", "50%", "99%", "100%"]
    assert Score(0, 0, 0).precision == Score(0, 0, 0).recall == 1


def test_numbers_out_of_range_and_other_bad_input():
    pages = [Page("a", "Mia ran.", 0)]
    for number in (1, -1, "0"):
        with pytest.raises(CourseError, match="there is no page"):
            word_score(pages, {number: "a"})
    with pytest.raises(CourseError, match="page 0 is there after the filter"):
        removal_score(pages, {}, {0: "a"}, "copies")
    with pytest.raises(CourseError, match="choose 'worthless'"):
        removal_score(pages, {}, {}, "dust")
    with pytest.raises(CourseError, match="strangers must be"):
        measure.labelled_pairs(pages, {}, strangers=-1)


def test_labelled_pairs(pages, found):
    same, other = measure.labelled_pairs(pages, found["lines"], strangers=500)
    numbers = list(found["lines"])
    assert all(pages[numbers[i]].source == pages[numbers[j]].source for i, j in same)
    assert all(pages[numbers[i]].source != pages[numbers[j]].source for i, j in other)
    assert sum(other.values()) / len(other) < 0.1 < sum(same.values()) / len(same)


def test_unknown_words():
    tokenizer = tokenizer_with_unknown(World().vocabulary)
    text = with_unknown("<p>Mia the astronaut ran.", World().vocabulary)
    assert text == "_ _ _ Mia the _ ran."
    assert tokenizer.decode(tokenizer.encode(text)) == text
    assert within_budget(["Mia ran.", "Tom sat."], 5) == ["Mia ran.", "Tom sat"]
    assert within_budget(["Mia ran."], 100) == ["Mia ran."] and within_budget([], 3) == []
    with pytest.raises(CourseError, match="tokens must be"):
        within_budget([], 0)
