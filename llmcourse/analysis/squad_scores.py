"""Exact match and F1 as SQuAD computes them, to the last rule.

An answer is compared after *normalization*: "The golden ring." and "golden ring" are the same. A question may have
several gold answers, and the best of them counts. A question without an answer has one gold answer, the empty text.

These are the rules of version 2.0, which differ from those of 1.1 in one place only: an answer of nothing but articles
and marks counts as none. Rajpurkar et al. (2016), section 6; Rajpurkar, Jia and Liang (2018).
"""

import re
import string
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from llmcourse.corpus.squad import SpanQuestion
from llmcourse.errors import CourseError


def normalize_answer(text: str) -> str:
    """The words that count: in small letters, without punctuation, without a, an and the, one blank between two.

    The order matters. A mark vanishes without leaving a blank ("well-known" is one word), and only then are articles
    looked for, as whole words: the three letters at the beginning of "theatre" stay.
    """
    text = text.lower()
    text = "".join(letter for letter in text if letter not in string.punctuation)
    text = re.sub(r"\b(a|an|the)\b", " ", text)
    return " ".join(text.split())


def exact_match(prediction: str, answers: Sequence[str]) -> float:
    """1 if the prediction is one of the gold answers, normalized; else 0. Without answers: 1 for the empty text."""
    wanted = [normalize_answer(answer) for answer in gold(answers)]
    return float(normalize_answer(prediction) in wanted)


def f1_score(prediction: str, answers: Sequence[str]) -> float:
    """How much of a gold answer's words were said, and no others: 1 is all and nothing else; the best answer counts."""
    return max(f1_of_two(prediction, answer) for answer in gold(answers))


def f1_of_two(prediction: str, answer: str) -> float:
    """2·P·R / (P + R) with the words in common, a word as often as both have it. Two empty texts agree: 1."""
    said, wanted = normalize_answer(prediction).split(), normalize_answer(answer).split()
    if not said or not wanted:
        return float(said == wanted)
    common = sum((Counter(said) & Counter(wanted)).values())
    if common == 0:
        return 0.0
    precision, recall = common / len(said), common / len(wanted)
    return 2 * precision * recall / (precision + recall)


def gold(answers: Sequence[str]) -> list[str]:
    """The answers of which something is left after normalization; the empty text where there are none."""
    return [answer for answer in answers if normalize_answer(answer)] or [""]


class Scores(NamedTuple):
    """Means over questions, in per cent, as SQuAD reports them; None where there was no such question."""

    exact: float
    f1: float
    total: int
    has_answer_exact: float | None = None
    no_answer_exact: float | None = None


def score(questions: Sequence[SpanQuestion], predictions: Mapping[str, str]) -> Scores:
    """Score predictions, kept by the questions' ids. The empty text says "no answer".

    Raises CourseError when there are no questions, or one was not answered.
    """
    if not questions:
        raise CourseError("there is nothing to score: the list of questions is empty")
    missing = [question.id for question in questions if question.id not in predictions]
    if missing:
        raise CourseError(f"question {missing[0]!r} has no prediction: say '' where there is no answer")
    exact = {q.id: exact_match(predictions[q.id], q.answers) for q in questions}
    f1 = [f1_score(predictions[q.id], q.answers) for q in questions]
    return Scores(
        percent(list(exact.values())) or 0.0,
        percent(f1) or 0.0,
        len(questions),
        percent([exact[q.id] for q in questions if q.has_answer]),
        percent([exact[q.id] for q in questions if not q.has_answer]),
    )


def percent(scores: Sequence[float]) -> float | None:
    return 100 * sum(scores) / len(scores) if scores else None


def best_threshold(
    questions: Sequence[SpanQuestion], predictions: Mapping[str, str], doubts: Mapping[str, float]
) -> tuple[float, float]:
    """(the best exact match in per cent, the threshold that gives it): where the doubt is above it, say nothing.

    `predictions` are the best spans, as if every question had an answer; `doubts`, by id, grow with the evidence that
    there is none. Choose the threshold on validation questions: on the test's own it would be fitted to them.
    Raises CourseError as `score` does, and for a question without a doubt.
    """
    score(questions, predictions)
    missing = [question.id for question in questions if question.id not in doubts]
    if missing:
        raise CourseError(f"question {missing[0]!r} has no doubt: how sure was the model that there is no answer?")
    right = sum(not question.has_answer for question in questions)  # below all doubts: nothing is answered
    best, threshold = right, min(doubts[q.id] for q in questions) - 1
    ordered = sorted(questions, key=lambda question: doubts[question.id])
    for place, question in enumerate(ordered):
        # Raise the threshold to this question's doubt: it is answered from here on, and the rest is not.
        if question.has_answer:
            right += int(exact_match(predictions[question.id], question.answers))
        else:
            right -= int(bool(normalize_answer(predictions[question.id])))
        last_of_its_doubt = place + 1 == len(ordered) or doubts[ordered[place + 1].id] > doubts[question.id]
        if last_of_its_doubt and right > best:
            best, threshold = right, doubts[question.id]
    return 100 * best / len(questions), threshold
