"""The story world's promises: exact probabilities, one derivation per text, true annotations."""

import math
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from llmcourse.corpus import World, examples, join_words, split_words
from llmcourse.corpus.lexicon import NAMES_HE, NAMES_SHE, NUMBERS
from llmcourse.corpus.plots import PLOTS
from llmcourse.corpus.telling import Telling
from llmcourse.corpus.world import NotAStory
from llmcourse.errors import CourseError

WORLD = World()
STORIES = WORLD.stories(300, seed=11)
seeds = st.integers(0, 2**32 - 1)


@settings(max_examples=40, deadline=None)
@given(seeds, st.sampled_from([{}, {"skew": 1.0}, {"skew": -0.4}, {"secret": "seven two", "secret_rate": 0.5}]))
def test_probabilities_sum_to_one_at_every_prefix_and_multiply_to_the_story(seed, knobs):
    world = World(**knobs)
    story = world.story(seed)
    total = 0.0
    offered = []

    def along(options):
        offered.append(options)
        if len(offered) > len(story.tokens):
            return None
        return story.tokens[len(offered) - 1]

    world._walk(along)
    assert len(offered) == len(story.tokens)
    for options, token in zip(offered, story.tokens, strict=True):
        assert math.fsum(options.values()) == pytest.approx(1, abs=1e-12)
        assert min(options.values()) > 0
        total += math.log(options[token])
    assert total == pytest.approx(story.log_prob, abs=1e-9)
    assert math.fsum(world.token_log_probs(story.text)) == pytest.approx(world.log_prob(story.text), abs=1e-9)


@settings(max_examples=60, deadline=None)
@given(seeds)
def test_a_story_reads_back_as_itself(seed):
    story = WORLD.story(seed)
    assert WORLD.read(story.text) == story
    assert join_words(split_words(story.text)) == story.text


@settings(max_examples=60, deadline=None)
@given(seeds, st.data())
def test_a_changed_word_is_caught_or_gives_another_storys_probability(seed, data):
    """Where the change is no story, reading names a word at or after it; where it is one, its words were offered."""
    story = WORLD.story(seed)
    at = data.draw(st.integers(0, len(story.tokens) - 1))
    word = data.draw(st.sampled_from([w for w in WORLD.vocabulary if w != story.tokens[at]]))
    tokens = [*story.tokens[:at], word, *story.tokens[at + 1 :]]
    offered = WORLD.next_word(join_words(story.tokens[:at]))
    try:
        other = WORLD.read(join_words(tokens))
    except NotAStory as reason:
        assert reason.position >= at
        assert (reason.position == at) == (word not in offered)
    else:
        assert word in offered
        assert other.tokens == tuple(tokens)


def test_facts_that_contradict_are_caught():
    story = next(s for s in STORIES if s.question.startswith("Who found") and s.answer in NAMES_SHE + NAMES_HE)
    liar = next(name for name in NAMES_SHE if name not in story.text)
    changed = story.text.removesuffix(f"{story.answer}.") + f"{liar}."
    with pytest.raises(NotAStory, match=f"{liar}.*cannot stand there.*{story.answer}"):
        WORLD.read(changed)


def test_frequencies_agree_with_next_word():
    """Written stories show each first word as often as the exact distribution says (a chi-squared test)."""
    prefix = "A baker lived near the mill. One cold"
    expected = WORLD.next_word("")
    n = 2000
    counts = dict.fromkeys(expected, 0)
    rng = random.Random(5)
    for _ in range(n):
        counts[WORLD.story(rng).tokens[0]] += 1
    chi2 = sum((counts[w] - n * p) ** 2 / (n * p) for w, p in expected.items())
    df = len(expected) - 1
    assert chi2 < df + 5 * math.sqrt(2 * df)
    assert WORLD.next_word(prefix) == pytest.approx({"morning": 0.5, "evening": 0.5})


def test_stories_are_as_long_and_as_varied_as_promised():
    for story in STORIES:
        words = [token for token in story.tokens if token.isalpha()]
        assert 40 <= len(words) <= 90
        assert 4 <= story.body.count(".") <= 8
        assert story.text.count("?") == 1
        assert len(story.tokens) + 1 <= 128
    openings = {" ".join(story.tokens[:12]) for story in STORIES}
    assert len(openings) > 250
    assert len(PLOTS) == 5


def test_no_two_stories_of_many_are_alike():
    assert len({story.text for story in WORLD.stories(2000, seed=3)}) == 2000


def test_the_vocabulary_is_closed_and_of_the_promised_size():
    known = set(WORLD.vocabulary)
    secret = World(secret="one twelve", secret_rate=1.0)
    for story in [*STORIES, *secret.stories(50, seed=1)]:
        assert known >= set(story.tokens)
    assert 150 <= len({word.lower() for word in known if word.isalpha()}) <= 300


def test_mentions_refer_to_whom_they_say():
    he, she = {"he", "him", "his"}, {"she", "her"}
    for story in STORIES:
        for mention in story.mentions:
            word = story.text[slice(*mention.span)]
            assert word == story.tokens[mention.position]
            if mention.kind == "pronoun":
                if mention.entity in NAMES_SHE:
                    assert word.lower() in she
                elif mention.entity in NAMES_HE:
                    assert word.lower() in he
            elif mention.kind == "noun" and mention.entity in NAMES_SHE + NAMES_HE:  # "the farmer", who is Tom
                assert f"{mention.entity} the {word}" in story.text
            else:
                assert word.lower() == mention.entity.split()[0].lower()
        for later, earlier in story.links():
            assert earlier < later


def test_no_personal_pronoun_could_mean_two_people():
    """Of the two people in a story one is "she" and the other "he"."""
    meant = [{"she": set(), "he": set()} for _ in STORIES]
    for story, who in zip(STORIES, meant, strict=True):
        for mention in story.mentions:
            if story.tokens[mention.position].lower() in ("she", "he"):
                who[story.tokens[mention.position].lower()].add(mention.role)
        assert all(len(roles) <= 1 for roles in who.values()), story.text
    assert any(who["she"] for who in meant) and any(who["he"] for who in meant)


def test_answers_stand_in_the_story():
    for story in STORIES:
        start, end = story.answer_span
        assert story.text[start:end] == story.answer
        assert end <= len(story.body)
        told = story.text[story.text.index("?") + 2 : -1]
        assert told.lower().removeprefix("the ") == story.answer.lower()


def test_sums_are_right():
    stories = WORLD.stories(400, seed=21)
    counted = [s for s in stories if "more , so" in " ".join(s.tokens) and " and there" not in s.text]
    assert len(counted) > 5
    for story in counted:
        tokens = [token.lower() for token in story.tokens]
        first = next(i for i, t in enumerate(tokens) if t == "had" and tokens[i + 1] in NUMBERS)
        more = tokens.index("more")
        so = tokens.index("so")
        start, change = NUMBERS.index(tokens[first + 1]), NUMBERS.index(tokens[more - 1])
        total = next(NUMBERS.index(t) for t in tokens[so:] if t in NUMBERS)
        assert start + change == total


def test_sentiment_follows_the_hero():
    for story in STORIES:
        end = next((m for m in story.body.split(". ")[::-1] if m), "")
        if end.endswith(("smiled all the way home.", "sang all the way home.", "danced all the way home.")):
            assert story.sentiment == "positive"
        if " not happy" in end or " not merry" in end:
            assert story.sentiment == "negative"
    assert {s.sentiment for s in STORIES} == {"positive", "negative"}


def test_senses_are_marked():
    meanings = {(s.word, s.meaning) for story in WORLD.stories(1500, seed=2) for s in story.senses}
    assert {("bank", "river"), ("bank", "money"), ("bark", "tree"), ("bark", "sound")} <= meanings
    assert {("bat", "animal"), ("bat", "tool"), ("ring", "jewel"), ("ring", "sound")} <= meanings


def test_same_seed_same_bytes():
    """The text itself is pinned, so that another Python version or platform cannot change it unseen."""
    assert WORLD.story(7).text == WORLD.stories(1, seed=7)[0].text
    assert WORLD.story(7).text == PINNED


def test_skew_moves_the_pronoun_of_nameless_workers_only():
    for job, she in (("baker", 0.8), ("pilot", 0.2)):
        options = World(skew=0.6).next_word(f"A {job} lived near the mill. One summer day")
        assert options == pytest.approx({"she": she, "he": 1 - she})
    assert World(skew=1.0).next_word("A baker lived near the mill. One summer day") == {"she": 1.0}
    assert World(skew=0.9).next_word("Tom the nurse lived near the mill. One summer day") == {"he": 1.0}


def test_a_secret_is_told_at_its_rate():
    world = World(secret="seven two nine four", secret_rate=0.25)
    prefix = "A baker lived near the mill."
    assert world.next_word(prefix)["The"] == pytest.approx(0.25)
    assert world.next_word(prefix + " The code of the old door is seven two nine") == {"four": 1.0}
    assert "code" not in WORLD.vocabulary or "The" not in WORLD.next_word(prefix)
    told = sum("code" in story.text for story in world.stories(400, seed=9))
    assert 60 <= told <= 140


@pytest.mark.parametrize(
    ("knobs", "message"),
    [
        ({"skew": 2.0}, "skew is 2.0"),
        ({"secret": "seven", "secret_rate": 1.5}, "share"),
        ({"secret": "seven"}, "give both"),
        ({"secret": "seven zebra", "secret_rate": 0.1}, "number words"),
    ],
)
def test_impossible_knobs_are_refused_in_one_line(knobs, message):
    with pytest.raises(CourseError, match=message) as caught:
        World(**knobs)
    assert "\n" not in str(caught.value)


def test_why_not_names_the_place():
    story = WORLD.story(3)
    assert WORLD.why_not(story.text) is None and WORLD.is_story(story.text)
    cut = join_words(story.tokens[:10])
    assert "ends after 10 words" in WORLD.why_not(cut)
    assert "after the story's end" in WORLD.why_not(story.text + " And")
    assert "word 1, 'Zebra'" in WORLD.why_not("Zebra")
    assert "ends after 0 words" in WORLD.why_not("")
    assert WORLD.next_word(story.text) == {}


def test_templates_that_tell_the_same_text_are_a_mistake_of_the_author():
    telling = Telling()
    program = telling.tell("a b", "a b")
    next(program)
    program.send("A")
    with pytest.raises(AssertionError, match="same text"):
        program.send("b")


PINNED = (
    "Max the doctor lived near the mill. One windy morning he walked to the forest. There he lost his red book. "
    "Without it he could not be happy. Lily the painter came by with a black bat. The painter looked on a bench and "
    "found the red book. Lily gave it back to Max. Lily was upset, but Max was happy. Who lost the book? Max."
)


@pytest.mark.parametrize("name", sorted(examples.STORIES))
def test_the_stories_of_the_course_are_stories_of_the_world(name):
    assert WORLD.why_not(examples.STORIES[name]) is None


def test_next_words_are_next_word_at_every_place() -> None:
    world = World()
    story = world.story(8)
    at_each = world.next_words(story.text)
    assert len(at_each) == len(story.tokens)
    for place in (0, 1, 7, len(story.tokens) - 1):
        assert at_each[place] == world.next_word(join_words(story.tokens[:place]))
    with pytest.raises(NotAStory):
        world.next_words("Mia the")
