"""Questions about the world's stories: marked answers, and questions of which it can be proven that there is none."""

import pytest

from llmcourse.analysis.squad_scores import exact_match
from llmcourse.corpus import World, load, split_words
from llmcourse.corpus.examples import APPLES, FOX, RING
from llmcourse.corpus.story_questions import (
    NAMING,
    among_others,
    arguable,
    named,
    renamed,
    span_question,
    story_questions,
    strangers,
    untold_questions,
)
from llmcourse.errors import CourseError

WORLD = World()
TEXTS = load("world").validation[:150]


def test_all_that_a_story_can_be_asked():
    asked = {story.question: story.answer for story in WORLD.askable(WORLD.read(RING))}
    assert asked == {
        "Who lost the ring?": "Mia",
        "What did Mia lose?": "golden ring",
        "Who found the ring?": "Tom",
        "Where was the ring?": "under a stone",
        "How did Mia feel at the end?": "happy",
    }


@pytest.mark.parametrize("text", [RING, APPLES, FOX, *TEXTS[:20]])
def test_the_question_that_was_asked_is_one_of_them_and_all_are_stories(text):
    story = WORLD.read(text)
    asked = WORLD.askable(story)
    assert story in asked
    assert all(WORLD.read(other.text) == other and other.body == story.body for other in asked)


def test_every_answer_of_the_world_stands_in_the_story():
    """The world's own wording differs at most by what normalization takes away: capitals, article, full stop."""
    for text in TEXTS:
        story = WORLD.read(text)
        question = span_question(story, "1")
        spoken = story.text[story.text.index(story.question) + len(story.question) :]
        assert exact_match(spoken, question.answers) == 1


def test_what_a_story_leaves_out():
    gone = RING[: RING.index("Tom the")] + (
        "Nobody else was there. But the golden ring was gone for ever. Mia was sad that day. Who lost the ring? Mia."
    )
    assert untold_questions(WORLD.read(gone)) == ["Who found the ring?", "Where was the ring?"]
    assert untold_questions(WORLD.read(RING)) == []
    assert untold_questions(WORLD.read(FOX)) == ["Who helped Leo?"]


def test_arguable_questions_are_not_asked():
    assert arguable("Who gave Mia more nuts?", "Then the sailor gave back two")
    assert not arguable("Who gave Mia more nuts?", "Then Mia sold two")
    assert arguable("How many coins were left?", "Nobody could help")


def test_questions_about_a_story_of_each_kind():
    questions = story_questions(TEXTS, seed=3, unanswered=0.5)
    without = [question for question in questions if not question.has_answer]
    assert 0.35 < len(without) / len(questions) < 0.65
    untold = 0
    for text, question in zip(TEXTS, questions, strict=True):
        story = WORLD.read(text)
        possible = {asked.question: asked.answer for asked in WORLD.askable(story)}
        if question.has_answer:
            assert question.answers == (possible[question.question],)
        else:
            assert question.question not in possible
            untold += not strangers(question.question, story.body)
    assert 0.2 < untold / len(without) < 0.8


def test_the_same_seed_gives_the_same_questions():
    assert story_questions(TEXTS[:20], seed=1) == story_questions(TEXTS[:20], seed=1)
    assert story_questions(TEXTS[:20], seed=1) != story_questions(TEXTS[:20], seed=2)
    assert all(question.has_answer for question in story_questions(TEXTS[:20], unanswered=0))


def test_among_others():
    questions = [q for q in story_questions(TEXTS, unanswered=0.3) if named(q.question)]
    bodies = [WORLD.read(text).body for text in TEXTS]
    places = set()
    for question in questions[:30]:
        longer = among_others(question, bodies, 3)
        assert longer.answers == question.answers
        assert question.context in longer.context
        others = longer.context.replace(question.context, "")
        assert not named(question.question) & set(split_words(others))
        places.add(longer.context.index(question.context) > 0)
    assert places == {True, False}


def test_a_question_with_other_names():
    questions = story_questions(TEXTS, unanswered=0)
    ring = span_question(WORLD.read(RING), "1")
    other = renamed(ring, questions)
    assert other.question.startswith("Who lost the ")
    assert strangers(other.question, RING)
    assert not other.has_answer
    assert renamed(ring, [ring]) is None


def test_bad_input():
    with pytest.raises(CourseError, match="unanswered is 2"):
        story_questions(TEXTS[:2], unanswered=2)
    with pytest.raises(CourseError, match="not a story of this world"):
        story_questions(["Mia ran."])
    question = span_question(WORLD.read(RING), "1")
    with pytest.raises(CourseError, match=r"only 0 of 1 stories leave 'Who lost the ring\?' open, not 1"):
        among_others(question, [question.context], 1)
    assert "ring" in NAMING
