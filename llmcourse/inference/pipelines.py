"""From text to an answer in one call: the model, its tokenizer, and all that has to be right between them.

    pipeline("sentiment")(story, about="Mia")           Sentiment(label="happy", probability=0.99…)
    pipeline("answer")("Who lost the ring?", story)     FoundAnswer(text="Mia", start=0, end=3, …)
    pipeline("generate")("Mia the baker")               Written(text="Mia the baker lived near …", …)

Each takes one text, or a list of texts of any lengths, whose results come in the same order. What a text gets does not
depend on what it is asked with. A text that does not fit is an error that says so, never half a text read in silence.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import torch

from llmcourse.corpus.sentiment import CLASSES, feeling_question
from llmcourse.corpus.squad import SpanQuestion
from llmcourse.corpus.tokenizers import Tokenizer
from llmcourse.errors import CourseError
from llmcourse.inference.answers import Answer, answer_questions
from llmcourse.inference.classify import class_probabilities
from llmcourse.inference.generate import check_prompt, generate
from llmcourse.inference.inputs import fit_question
from llmcourse.inference.sampling import sampler
from llmcourse.model.checkpoint import pretrained
from llmcourse.model.classifier import SequenceClassifier
from llmcourse.model.gpt import GPT
from llmcourse.model.span_head import SpanReader


@dataclass(frozen=True)
class Sentiment:
    """The likeliest class, how likely it is, and what each class got."""

    label: str
    probability: float
    probabilities: dict[str, float]


@dataclass(frozen=True)
class FoundAnswer:
    """The words of the context that answer, and where they stand: `context[start:end]`.

    All three are empty or None where the reader says that the answer is not there. `confidence` is the share that what
    it says has among the reader's best few spans and "not here"; nobody has calibrated it.
    """

    text: str
    start: int | None
    end: int | None
    confidence: float

    def __bool__(self) -> bool:
        return bool(self.text)


@dataclass(frozen=True)
class Written:
    """The prompt with its continuation, the continuation alone, and whether the model came to an end by itself."""

    text: str
    new: str
    finished: bool


class SentimentPipeline:
    """How does somebody feel at the end of a story? `labels` names the model's classes, in their order.

    `asks`: the model was trained on texts that end in a question, as the course's own was. A text without one is then
    an error, since the model would answer it no better than a coin. Set it to False for a model of plain sentences.
    """

    def __init__(
        self, model: SequenceClassifier, tokenizer: Tokenizer, labels: Sequence[str] = CLASSES, asks: bool = True
    ):
        if len(labels) != model.n_classes:
            raise CourseError(f"the model has {model.n_classes} classes, and there are {len(labels)} labels")
        self.model, self.tokenizer, self.labels, self.asks = model, tokenizer, tuple(labels), asks

    def __call__(
        self,
        texts: str | Sequence[str],
        about: str | Sequence[str] | None = None,
        too_long: str = "error",
        batch_size: int = 64,
    ) -> Any:
        """A `Sentiment` for a text, or a list of them for a list.

        about:    whose feeling is asked for: "Mia", for all texts or one for each. The question is put behind the text;
                  without a name the text has to end in a question of its own
        too_long: "error", or what to leave out of a text that does not fit: its "beginning" or its "end". A question
                  that was asked by `about` stays whole

        Raises CourseError for a text that is empty, asks nothing, or is too long, and for other than one name for
        each; UnknownWord.
        """
        many = listed(texts)
        people = [about] * len(many) if about is None or isinstance(about, str) else list(about)
        if len(people) != len(many):
            raise CourseError(f"{len(many)} texts and {len(people)} names: give one name for all, or one for each text")
        rows = [self.row(number, *pair, too_long) for number, pair in enumerate(zip(many, people, strict=True))]
        found = []
        for row in class_probabilities(self.model, rows, self.tokenizer.pad_id, batch_size).tolist():
            each = dict(zip(self.labels, row, strict=True))
            best = max(each, key=lambda label: each[label])
            found.append(Sentiment(best, each[best], each))
        return found[0] if isinstance(texts, str) else found

    def row(self, number: int, text: str, person: str | None, too_long: str) -> list[int]:
        """The ids of one text with its question, from `<bos>` on."""
        if too_long not in ("error", "beginning", "end"):
            raise CourseError(f"too_long={too_long!r} is unknown: choose 'error', 'beginning' or 'end'")
        ids = self.tokenizer.encode(text)
        if not ids:
            raise CourseError(f"text {number} is empty: there is no feeling in it")
        if self.asks and person is None and not text.rstrip().endswith("?"):
            raise CourseError(
                f"text {number} asks nothing: say whose feeling is meant, about='Mia', or end in a question"
            )
        asked = [] if person is None else self.tokenizer.encode(feeling_question(person))
        room = self.model.config.context - 1
        if len(ids) + len(asked) > room and too_long == "error":
            raise CourseError(
                f"text {number} has {len(ids) + len(asked) + 1} tokens with its question, and the model reads at most "
                f"{room + 1}: shorten it, or say what to leave out, too_long='beginning' or 'end'"
            )
        keep = "end" if too_long == "beginning" else "beginning"
        return [self.tokenizer.bos_id, *fit_question(ids, asked, room, keep)]


class AnswerPipeline:
    """Which words of a context answer a question? A long context is read in windows, so it may have any length."""

    def __init__(self, model: SpanReader, tokenizer: Tokenizer):
        self.model, self.tokenizer = model, tokenizer

    def __call__(
        self,
        question: str | Sequence[str],
        context: str | Sequence[str],
        threshold: int | float = 0.0,
        batch_size: int = 64,
    ) -> Any:
        """A `FoundAnswer` for a question, or a list of them for several; one text may go with many of the other.

        threshold: the reader says that the answer is not there where its doubt is above this (chapter 13)

        Raises CourseError for an empty text, a question that leaves no room for a context, and for other than one
        context for each question; UnknownWord.
        """
        questions, contexts = listed(question), listed(context)
        if isinstance(question, str):
            questions = questions * len(contexts)
        if isinstance(context, str):
            contexts = contexts * len(questions)
        if len(questions) != len(contexts):
            raise CourseError(f"{len(questions)} questions and {len(contexts)} contexts: one alone, or as many")
        asked = [SpanQuestion(str(n), *pair) for n, pair in enumerate(zip(questions, contexts, strict=True))]
        answers = answer_questions(self.model, self.tokenizer, asked, batch_size=batch_size)
        found = [said(answers[each.id], threshold) for each in asked]
        return found[0] if isinstance(question, str) and isinstance(context, str) else found


class GeneratePipeline:
    """What would the model write next? Prompts of one length are continued side by side."""

    def __init__(self, model: GPT, tokenizer: Tokenizer):
        self.model, self.tokenizer = model, tokenizer

    def __call__(
        self,
        prompts: str | Sequence[str] = "",
        max_new_tokens: int | None = None,
        temperature: int | float = 0,
        seed: int = 0,
        batch_size: int = 64,
    ) -> Any:
        """A `Written` for a prompt, or a list of them for a list. A prompt that fills the context comes back as it is.

        max_new_tokens: at most so many; by default the model writes until it comes to an end, or the context does
        temperature:    0 takes the likeliest token each time; above 0 it is drawn. Prompt number n is drawn with
                        `seed + n`, whatever the others are

        Raises CourseError for a prompt that is longer than the context, and UnknownWord.
        """
        many, context, choose = listed(prompts), self.model.config.context, sampler(temperature)
        rows = [self.tokenizer.encode(prompt, bos=True) for prompt in many]
        for row in rows:
            check_prompt(len(row), context)
        written: dict[int, Written] = {}
        for some in of_one_length(rows, batch_size):
            dice = [torch.Generator().manual_seed(seed + number) for number in some]

            def each_with_its_own(logits: torch.Tensor, dice: list[torch.Generator] = dice) -> torch.Tensor:
                return torch.cat([choose(row[None], die) for row, die in zip(logits, dice, strict=True)])

            ids = torch.tensor([rows[number] for number in some], device=self.model.device)
            room = context - ids.shape[1] if max_new_tokens is None else max_new_tokens
            longer = generate(self.model, ids, room, choose=each_with_its_own, stop_id=self.tokenizer.eos_id)
            for number, row in zip(some, longer.tolist(), strict=True):
                new = row[len(rows[number]) :]
                text = self.tokenizer.decode(row)
                written[number] = Written(text, self.tokenizer.decode(new), self.tokenizer.eos_id in new)
        found = [written[number] for number in range(len(many))]
        return found[0] if isinstance(prompts, str) else found


#: What each task is called: (its pipeline, the model for it that comes with the course, the kind of model it needs).
TASKS: dict[str, tuple[type, str, type]] = {
    "sentiment": (SentimentPipeline, "sentiment-world", SequenceClassifier),
    "answer": (AnswerPipeline, "answers-world", SpanReader),
    "generate": (GeneratePipeline, "gpt-world", GPT),
}


def pipeline(task: str, model: Any = None, tokenizer: Tokenizer | None = None) -> Any:
    """The pipeline of a task, "sentiment", "answer" or "generate", with the course's model for it or your own.

    Raises CourseError for another task, for a model of the wrong kind, and for a model without its tokenizer.
    """
    if task not in TASKS:
        raise CourseError(f"there is no pipeline {task!r}: choose one of {', '.join(map(repr, TASKS))}")
    kind, shipped, family = TASKS[task]
    if model is None and tokenizer is None:
        return kind(*pretrained(shipped, family))
    if model is None or tokenizer is None:
        raise CourseError("a model and its tokenizer belong together: give both, or neither for the course's own")
    if not isinstance(model, family):
        raise CourseError(f"{task!r} wants a {family.__name__}, and this is a {type(model).__name__}")
    return kind(model, tokenizer)


def listed(texts: Any) -> list[str]:
    """One text or several as a list. Raises CourseError for what is neither."""
    if isinstance(texts, str):
        return [texts]
    if not isinstance(texts, Sequence) or not all(isinstance(text, str) for text in texts):
        raise CourseError("a pipeline reads a text or a list of texts, and this is something else")
    return list(texts)


def said(answer: Answer, threshold: int | float) -> FoundAnswer:
    """The answer, or that there is none, with its share among the best spans and "not here"."""
    scores = torch.tensor([each.score for each in answer.candidates])
    shares = torch.cat([scores[:1] + answer.doubt, scores]).softmax(-1).tolist()  # "not here" first, then the best
    if answer.doubt > threshold:
        return FoundAnswer("", None, None, shares[0])
    best = answer.candidates[0]
    return FoundAnswer(best.text, best.start, best.end, shares[1])


def of_one_length(rows: Sequence[Sequence[int]], batch_size: int) -> list[list[int]]:
    """The numbers of the rows in batches whose rows are equally long: no padding, and nobody's room is another's."""
    if batch_size < 1:
        raise CourseError(f"batch_size={batch_size}: a batch has at least one row")
    groups: dict[int, list[int]] = {}
    for number, row in enumerate(rows):
        groups.setdefault(len(row), []).append(number)
    return [same[start : start + batch_size] for same in groups.values() for start in range(0, len(same), batch_size)]
