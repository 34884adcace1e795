"""Questions about the world's stories, with answers that are marked, and questions that a story does not answer.

What makes the second kind exact is that the world knows all that a story tells (`World.askable`). Two ways:

    a stranger   another story's question, about somebody or something that this story never mentions
    untold       the right names, but a fact that this story leaves out: who found the ring that was gone for ever?

Rajpurkar, Jia and Liang (2018) had people write such questions, and other people check them.
"""

import random
import re
from collections.abc import Iterator, Sequence

from llmcourse.corpus import lexicon
from llmcourse.corpus.squad import SpanQuestion
from llmcourse.corpus.text import split_words
from llmcourse.corpus.world import Story, World
from llmcourse.errors import CourseError

#: Words that say of whom or of what a question is.
NAMING = frozenset(
    [*lexicon.NAMES_SHE, *lexicon.NAMES_HE, *lexicon.JOBS, *lexicon.THINGS, *lexicon.ANIMALS, *lexicon.GOODS]
)

#: For each plot: two questions that it always answers, from which one learns who and what is in it; and others that it
#: answers where the fact is told, and where nothing else in the story could pass for an answer if it is not.
UNTOLD: tuple[tuple[str, str, tuple[str, ...]], ...] = (
    (r"Who lost the (?P<a>.+)\?", r"What did (?P<b>.+) lose\?", ("Who found the {a}?", "Where was the {a}?")),
    (
        r"Who had the (?P<a>.+)\?",
        r"How many .+ did (?P<b>.+) have at first\?",
        ("Where were more {a}?", "Who stole some {a}?", "Who gave {b} more {a}?"),
    ),
    (
        r"Where was the (?P<a>.+)\?",
        r"What did (?P<b>.+) see\?",
        ("What was the name of the {a}?", "Who helped {b}?"),
    ),
    (
        r"How many coins was the (?P<a>.+)\?",
        r"What did (?P<b>.+) want to buy\?",
        ("How many coins were left?", "Who helped {b}?"),
    ),
    (r"Who gave .+ the (?P<a>.+)\?", r"What did (?P<b>.+) get\?", ("Who took the {a}?", "Where was the better one?")),
)


def span_question(story: Story, id: str) -> SpanQuestion:
    """What the story asks, with its answer marked where the body first says so."""
    return SpanQuestion(id, story.question, story.body, (story.answer,), (story.answer_span[0],))


def untold_questions(story: Story, world: World | None = None) -> list[str]:
    """Questions that the story could have answered, and does not."""
    answered = {asked.question for asked in (world or World()).askable(story)}
    for first, second, candidates in UNTOLD:
        a = next((found for q in answered if (found := re.fullmatch(first, q))), None)
        b = next((found for q in answered if (found := re.fullmatch(second, q))), None)
        if a and b:
            asked = [candidate.format(a=a["a"], b=b["b"]) for candidate in candidates]
            return [q for q in asked if q not in answered and not arguable(q, story.body)]
    raise CourseError(f"no plot of the world begins like {story.text[:40]!r}")  # a new plot needs a line in UNTOLD


def arguable(question: str, body: str) -> bool:
    """Whether a reader could find an answer after all: something came back from one who "gave more", or nothing was
    bought, so that all coins are left."""
    words = split_words(body)
    return (question.startswith("Who gave") and "back" in words) or (
        question == "How many coins were left?" and "bought" not in words
    )


def named(question: str) -> set[str]:
    """Whom and what a question is about."""
    return {word for word in split_words(question) if word in NAMING}


def strangers(question: str, body: str) -> set[str]:
    """Those of them that the body never mentions: with one of them, the question has no answer there."""
    return named(question) - set(split_words(body))


def frame(question: str) -> str:
    """The question without its names: what is asked, whoever it is about."""
    return " ".join("…" if word in NAMING else word for word in split_words(question))


def renamed(question: SpanQuestion, questions: Sequence[SpanQuestion]) -> SpanQuestion | None:
    """The hardest stranger: the first of the questions that is the same but for its names, one of which this text never
    mentions. None where there is no such one. (Jia and Liang (2017) misled readers with less.)"""
    for other in questions:
        same = frame(other.question) == frame(question.question)
        if same and strangers(other.question, question.context):
            return SpanQuestion(f"{question.id} renamed", other.question, question.context)
    return None


def story_questions(
    texts: Sequence[str], seed: int = 0, unanswered: int | float = 1 / 3, world: World | None = None
) -> list[SpanQuestion]:
    """One question about each story: its own, or in a share of them one that it does not answer.

    Of these, half are untold, where the story leaves something out that can be asked; the others are a stranger's.
    The same stories and seed give the same questions. Raises NotAStory for a text that is no story of the world, and
    CourseError for an impossible share.
    """
    if not 0 <= unanswered <= 1:
        raise CourseError(f"unanswered is {unanswered}; it is a share and must lie between 0 and 1")
    world, rng = world or World(), random.Random(seed)
    stories = [world.read(text) for text in texts]
    asked = []
    for number, story in enumerate(stories):
        own = span_question(story, f"{seed}-{number}")
        lot, kind, draws = rng.random(), rng.random(), [rng.random() for _ in range(21)]
        if lot < unanswered:
            untold = untold_questions(story, world) if kind < 0.5 else []
            others = untold or list(from_others(story, [other.question for other in stories], draws))
            if others:
                chosen = others[int(draws[-1] * len(others))]
                own = SpanQuestion(own.id, chosen, own.context)
        asked.append(own)
    return asked


def from_others(story: Story, questions: Sequence[str], draws: Sequence[float]) -> Iterator[str]:
    """Of some questions drawn from a list, those about somebody or something that the story never mentions."""
    for draw in draws[:-1]:
        question = questions[int(draw * len(questions))]
        if strangers(question, story.body):
            yield question


def among_others(question: SpanQuestion, bodies: Sequence[str], count: int, seed: int = 0) -> SpanQuestion:
    """The same question about a longer text: its own story among `count` others that cannot answer it.

    The others mention nobody and nothing that the question is about. Raises CourseError for a question that names
    nothing, and where there are not enough such stories.
    """
    if not named(question.question):
        raise CourseError(f"{question.question!r} names nobody and nothing: other stories could answer it too")
    rng = random.Random(f"{seed} {question.id}")
    others: list[str] = []
    for body in rng.sample(bodies, len(bodies)):
        if len(others) == count:
            break
        if body != question.context and strangers(question.question, body) == named(question.question):
            others.append(body)
    if len(others) < count:
        raise CourseError(f"only {len(others)} of {len(bodies)} stories leave {question.question!r} open, not {count}")
    place = rng.randint(0, count)
    before = "".join(f"{body} " for body in others[:place])
    context = " ".join([*others[:place], question.context, *others[place:]])
    starts = tuple(start + len(before) for start in question.starts)
    return SpanQuestion(question.id, question.question, context, question.answers, starts)
