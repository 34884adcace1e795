"""A story whose tokens are coloured by how likely an answer begins and ends there."""

from collections.abc import Mapping, Sequence

import torch
from matplotlib.figure import Figure

from llmcourse.corpus.squad import SpanQuestion
from llmcourse.corpus.tokenizers import Tokenizer
from llmcourse.corpus.windows import NOWHERE, Window, windows
from llmcourse.errors import CourseError
from llmcourse.inference.answers import window_logits
from llmcourse.inference.generate import evaluating
from llmcourse.model.span_head import SpanReader
from llmcourse.viz.coloured_text import coloured_text


def span_picture(
    model: SpanReader,
    tokenizer: Tokenizer,
    question: SpanQuestion,
    title: str = "",
    further: Mapping[str, Sequence[float]] | None = None,
) -> Figure:
    """The story with the probability of each token to be the answer's first, and to be its last.

    In front of the story stands `<bos>`, which means that the answer is not here. `further` rows have a
    number for each token of the window. Raises CourseError for a story that does not fit one window.
    """
    (window, *more) = windows(question, tokenizer, model.config.context, gap=model.gap_id is not None)
    if more:
        raise CourseError("this text needs several windows: a picture shows one")
    with torch.no_grad(), evaluating(model):
        first, last = window_logits(model, tokenizer, [window])[0].softmax(-1).cpu().tolist()
    rows = {"the answer begins here": first, "the answer ends here": last, **(further or {})}
    shown = story_places(window)
    labels = tokenizer.tokens([window.ids[place] for place in shown])
    return coloured_text(
        labels,
        {caption: [values[place] for place in shown] for caption, values in rows.items()},
        title=title or question.question,
        label="probability",
        top=1,
        numbers_from=0.05,
        decimals=2,
    )


def marked_picture(tokenizer: Tokenizer, questions: Sequence[SpanQuestion], title: str) -> Figure:
    """One story, once for each question about it, with the tokens of the marked answer dark."""
    rows: dict[str, list[float]] = {}
    for question in questions:
        (window,) = windows(question, tokenizer, size=10_000)
        first, last = window.target
        inside = [float(first <= place <= last) if first else 0.0 for place in story_places(window)[1:]]
        rows[f"{question.question}  {question.answers[0] if question.answers else '(no answer)'}"] = inside
    tokens = tokenizer.tokens([window.ids[place] for place in story_places(window)[1:]])
    return coloured_text(tokens, rows, title=title, label="in the answer", top=1, numbers_from=2)


def story_places(window: Window) -> list[int]:
    """The first place, which means "not here", and those of the story's tokens."""
    return [0, *(place for place, offset in enumerate(window.offsets) if offset != NOWHERE)]
