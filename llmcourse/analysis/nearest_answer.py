"""A reader without a neural network: of the answers that such a question has had before, the one that stands nearest to
the question's own words.

A baseline worth its name uses what is cheap to know. From the labelled questions this one learns which answers go with
which beginning ("Who lost": names; "How many": numbers), and which beginnings often have no answer.
"""

from collections import defaultdict
from collections.abc import Sequence

from llmcourse.corpus.squad import SpanQuestion
from llmcourse.corpus.text import split_words
from llmcourse.errors import CourseError

BEGINNING = 2  # words of a question that say what kind of answer it wants
COMMON = frozenset(split_words("a an and at did does how in is many of the there to was were what where who ?"))


class NearestAnswer:
    """`NearestAnswer(questions).predict(question)`: a text of the context, or "" for none."""

    def __init__(self, questions: Sequence[SpanQuestion]):
        """Raises CourseError without questions to learn from."""
        if not questions:
            raise CourseError("there is nothing to learn from: the list of questions is empty")
        self.kinds: dict[tuple[str, ...], set[tuple[str, ...]]] = defaultdict(set)
        for question in questions:
            for answer in question.answers:
                self.kinds[beginning(question)].add(tuple(split_words(answer)))

    def predict(self, question: SpanQuestion) -> str:
        """The candidate nearest to a word of the question; "" where there is none, or a word of it is missing."""
        words = split_words(question.context)
        asked = set(split_words(question.question)[BEGINNING:]) - COMMON
        named = {place for place, word in enumerate(words) if word in asked}
        best: tuple[float, str] | None = None
        for answer in self.kinds[beginning(question)]:
            for place in range(len(words) - len(answer) + 1):
                span = range(place, place + len(answer))
                if tuple(words[place : place + len(answer)]) == answer and not named.intersection(span):
                    distance = min((abs(place - other) for other in named), default=len(words))
                    candidate = (distance, " ".join(answer))
                    best = candidate if best is None else min(best, candidate)
        names = {word for word in asked if word[0].isupper()}
        return "" if best is None or not names <= set(words) else best[1]


def beginning(question: SpanQuestion) -> tuple[str, ...]:
    return tuple(split_words(question.question)[:BEGINNING])
