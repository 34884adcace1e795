"""Questions whose answer is a stretch of a text, and the JSON format in which SQuAD publishes them.

Both versions are read: 1.1, where every question has an answer, and 2.0, where some have none. The story world's own
questions (`story_questions.py`) are the same dataclass, and can be written as the same JSON.

Rajpurkar et al. (2016), SQuAD: 100,000+ Questions; Rajpurkar, Jia and Liang (2018), Know What You Don't Know.
"""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from llmcourse.corpus.downloads import FILES, fetch
from llmcourse.errors import CourseError
from llmcourse.storage import write_atomically

Span = tuple[int, int]


@dataclass(frozen=True)
class SpanQuestion:
    """A question about a text. `answers` are the gold answers, `starts` the character at which each begins.

    Several people may have marked several answers; none at all says that the text does not answer the question.
    Raises CourseError for an answer that does not stand in the text where it is said to stand.
    """

    id: str
    question: str
    context: str
    answers: tuple[str, ...] = ()
    starts: tuple[int, ...] = ()

    def __post_init__(self) -> None:
        if not self.question.strip() or not self.context.strip():
            raise CourseError(f"question {self.id!r} has no {'text' if self.question.strip() else 'words'}")
        if len(self.answers) != len(self.starts):
            numbers = f"{len(self.answers)} answers and {len(self.starts)} places"
            raise CourseError(f"question {self.id!r} has {numbers}: each answer needs the character where it begins")
        for answer, start in zip(self.answers, self.starts, strict=True):
            check_answer(self.id, self.context, answer, start)

    @property
    def has_answer(self) -> bool:
        return bool(self.answers)

    @property
    def span(self) -> Span | None:
        """(start, end) in characters of the first gold answer, from which a model learns; None without an answer."""
        return (self.starts[0], self.starts[0] + len(self.answers[0])) if self.answers else None


def check_answer(id: str, context: str, answer: str, start: int) -> None:
    """Raises CourseError unless the answer stands at this place of the context."""
    if not answer:
        raise CourseError(f"question {id!r} has an empty answer: a question without an answer lists none")
    found = context[start : start + len(answer)] if start >= 0 else ""
    if found == answer:
        return
    if answer not in context:
        raise CourseError(f"question {id!r}: the answer {answer!r} does not stand in its context; mark words that do")
    raise CourseError(
        f"question {id!r}: at character {start} of its context stands {found!r}, not the answer {answer!r}, "
        f"which begins at character {context.index(answer)}"
    )


def read_squad(path: str | Path) -> list[SpanQuestion]:
    """The questions of a file in SQuAD's JSON format, version 1.1 or 2.0. Raises CourseError, in one line."""
    path = Path(path)
    try:
        content = json.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise CourseError(f"cannot read {path}: {error.strerror or error}") from None
    except ValueError as error:
        raise CourseError(f"{path} is no JSON: {error}") from None
    return parse_squad(content)


def parse_squad(content: Any) -> list[SpanQuestion]:
    """The questions of what SQuAD's JSON holds. Raises CourseError where it is not built like that."""
    try:
        questions = list(_questions(content))
    except (KeyError, TypeError, AttributeError) as error:
        missing = f"there is no {error}" if isinstance(error, KeyError) else str(error)
        raise CourseError(f"not SQuAD's format (data → paragraphs → qas): {missing}") from None
    ids = {question.id for question in questions}
    if len(ids) < len(questions):
        seen: set[str] = set()
        twice = next(q.id for q in questions if q.id in seen or seen.add(q.id))  # type: ignore[func-returns-value]
        raise CourseError(f"two questions have the id {twice!r}: predictions are kept by id, so each needs its own")
    return questions


def _questions(content: Any) -> Iterator[SpanQuestion]:
    for article in content["data"]:
        for paragraph in article["paragraphs"]:
            for asked in paragraph["qas"]:
                # Version 2.0 names no answers where there is none, and "plausible" ones that are wrong beside them.
                marked = [] if asked.get("is_impossible", False) else asked["answers"]
                yield SpanQuestion(
                    str(asked["id"]),
                    asked["question"],
                    paragraph["context"],
                    tuple(answer["text"] for answer in marked),
                    tuple(answer["answer_start"] for answer in marked),
                )


def to_squad(questions: Sequence[SpanQuestion], title: str = "stories") -> dict[str, Any]:
    """The questions as SQuAD 2.0 has them; questions about the same text stand together. `parse_squad` undoes it."""
    paragraphs: dict[str, list[dict[str, Any]]] = {}
    for question in questions:
        marked = [{"text": a, "answer_start": s} for a, s in zip(question.answers, question.starts, strict=True)]
        asked = {"id": question.id, "question": question.question, "answers": marked, "is_impossible": not marked}
        paragraphs.setdefault(question.context, []).append(asked)
    listed = [{"context": context, "qas": asked} for context, asked in paragraphs.items()]
    return {"version": "v2.0", "data": [{"title": title, "paragraphs": listed}]}


def write_squad(path: str | Path, questions: Sequence[SpanQuestion], title: str = "stories") -> None:
    """Write a file that the tools made for SQuAD can read. Raises CourseError where it cannot be written."""
    write_atomically(path, json.dumps(to_squad(questions, title), ensure_ascii=False).encode("utf-8"))


def load_squad(version: str = "2.0") -> list[SpanQuestion]:
    """SQuAD's own development questions, "1.1" or "2.0" (fetched once; 5 MB). Raises CourseError without a network."""
    name = f"squad-dev-v{version}"
    if name not in FILES:
        raise CourseError(f"there is no version {version!r} of SQuAD: choose '1.1' or '2.0'")
    return read_squad(fetch(FILES[name]))
