"""Where a reader looks, beside where the answer is: attention between a question and its answer, head by head.

Two directions. From the question to the answer: somebody who searches. From the answer to the question: a word of the
story that asks whether it is wanted. A span head scores each token by its own vector, so the second has to happen
somewhere; the first need not.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from llmcourse.corpus.windows import NO_ANSWER, Window
from llmcourse.errors import CourseError
from llmcourse.inference.generate import evaluating
from llmcourse.model.recording import record
from llmcourse.model.span_head import SpanReader

WEIGHTS = "backbone.blocks.*.attention.weights"


class AnswerAttention(NamedTuple):
    """Means over windows that hold their answer; the floats are what a head gives that looks everywhere alike."""

    to_answer: Float[Tensor, "layer head"]  # share of the weight from a word of the question that is on the answer
    to_question: Float[Tensor, "layer head"]  # share of the weight from a word of the answer that is on the question
    uniform_to_answer: float
    uniform_to_question: float


def answer_attention(
    model: SpanReader, windows: Sequence[Window], asking: Callable[[Window], slice] | None = None
) -> AnswerAttention:
    """Measure both directions. `asking`: which tokens count as the question; by default all of its words, and with
    `gap_place` only the gap behind it. Raises CourseError when no window holds its answer."""
    asking = asking or question_places
    read = [window for window in windows if window.target != NO_ANSWER]
    if not read:
        raise CourseError("attention to the answer is measured where there is one, and no window holds its answer")
    to_answer, to_question, alike = [], [], []
    for window in read:
        weights = window_weights(model, window)  # layer head query key
        (first, last), asked = window.target, asking(window)
        answer = slice(first, last + 1)
        to_answer.append(weights[:, :, asked, answer].sum(-1).mean(-1))
        to_question.append(weights[:, :, answer, asked].sum(-1).mean(-1))
        alike.append(((last + 1 - first) / len(window.ids), (asked.stop - asked.start) / len(window.ids)))
    uniform = torch.tensor(alike).mean(0).tolist()
    return AnswerAttention(torch.stack(to_answer).mean(0), torch.stack(to_question).mean(0), *uniform)


@torch.no_grad()
def window_weights(model: SpanReader, window: Window) -> Float[Tensor, "layer head query key"]:
    """All attention weights while the model reads this window."""
    ids, segments = (torch.tensor([row], device=model.device) for row in (window.ids, window.segments))
    with evaluating(model), record(model, WEIGHTS) as trace:
        model(ids, segments=segments)
    return torch.stack([trace[name][0] for name in trace.names]).float().cpu()


def question_places(window: Window) -> slice:
    """Where the question stands: behind the text, before the `<eos>`."""
    return slice(1 + window.segments.count(1), len(window.ids) - 1)


def gap_place(window: Window) -> slice:
    """Where the gap of a window with a gap stands: right before the `<eos>`."""
    return slice(len(window.ids) - 2, len(window.ids) - 1)
