"""From scores for beginnings and ends to an answer, or to none.

The score of a span is the score of its beginning plus that of its end. Of all spans in all windows of a text the best
one is taken, and compared with the score of the first token, which says "not here".
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import torch
from jaxtyping import Float
from torch import Tensor

from llmcourse.corpus.squad import SpanQuestion
from llmcourse.corpus.tokenizers import Tokenizer
from llmcourse.corpus.windows import Window, windows
from llmcourse.errors import CourseError
from llmcourse.inference.generate import evaluating
from llmcourse.model.span_head import SpanReader

LONGEST = 8  # tokens of an answer


class Candidate(NamedTuple):
    """A span that could be the answer: its characters in the whole context, its words, and its score."""

    start: int
    end: int
    text: str
    score: float


class WindowScores(NamedTuple):
    """What is left of a window once it is read: its best spans, and its score for "not here"."""

    candidates: list[Candidate]
    nowhere: float


@dataclass(frozen=True)
class Answer:
    """`text` is the best span, `candidates` the best few; `doubt` is how much better "nowhere" scored than the best."""

    text: str
    doubt: float
    candidates: tuple[Candidate, ...]

    def unless(self, threshold: int | float = 0.0) -> str:
        """The text; empty where the doubt is above the threshold."""
        return "" if self.doubt > threshold else self.text


def best_span(
    starts: Float[Tensor, "position"], ends: Float[Tensor, "position"], longest: int = LONGEST
) -> tuple[int, int]:
    """The (first, last) token with the largest sum of scores, of all spans that go forwards and have at most `longest`
    tokens."""
    scores = span_scores(starts, ends, longest)
    return divmod(int(scores.argmax()), len(ends))


def span_scores(
    starts: Float[Tensor, "position"], ends: Float[Tensor, "position"], longest: int = LONGEST
) -> Float[Tensor, "first last"]:
    """The score of every span; -inf for those that go backwards or have more than `longest` tokens."""
    if longest < 1:
        raise CourseError(f"an answer has at least one token: longest={longest}")
    scores = starts[:, None] + ends[None, :]
    places = torch.arange(len(starts), device=starts.device)
    length = places[None, :] - places[:, None] + 1
    return scores.masked_fill((length < 1) | (length > longest), float("-inf"))


def read_window(
    window: Window, logits: Float[Tensor, "2 position"], n_best: int = 5, longest: int = LONGEST
) -> WindowScores:
    """The `n_best` spans of a window's text, and the score of its first token."""
    starts, ends = logits[:, : len(window.ids)].float().cpu()
    nowhere = (starts[0] + ends[0]).item()
    outside = torch.tensor([begin == end for begin, end in window.offsets])
    scores = span_scores(starts.masked_fill(outside, -torch.inf), ends.masked_fill(outside, -torch.inf), longest)
    best, places = scores.flatten().topk(min(n_best, scores.numel()))
    candidates = []
    for value, place in zip(best.tolist(), places.tolist(), strict=True):
        first, last = divmod(place, len(ends))
        if value > -torch.inf:
            start, end = window.offsets[first][0], window.offsets[last][1]
            candidates.append(Candidate(start, end, window.text(first, last), value))
    return WindowScores(candidates, nowhere)


def merge_windows(found: Sequence[WindowScores], n_best: int = 5) -> tuple[list[Candidate], float]:
    """(the best spans of the whole text, the best first; the doubt).

    A span that several windows have seen counts once, with its best score. The text has no answer only if *no* window
    has one, so of the windows' "not here" the smallest counts: the doubt is it minus the score of the best span.
    Raises CourseError where there are no windows.
    """
    if not found:
        raise CourseError("there is no window to merge: a text has at least one")
    best: dict[tuple[int, int], Candidate] = {}
    for window in found:
        for candidate in window.candidates:
            place = candidate.start, candidate.end
            if place not in best or candidate.score > best[place].score:
                best[place] = candidate
    candidates = sorted(best.values(), key=lambda candidate: -candidate.score)[:n_best]
    return candidates, min(window.nowhere for window in found) - candidates[0].score


@torch.no_grad()
def answer_questions(
    model: SpanReader,
    tokenizer: Tokenizer,
    questions: Sequence[SpanQuestion],
    stride: int = 48,
    longest: int = LONGEST,
    n_best: int = 5,
    batch_size: int = 64,
) -> dict[str, Answer]:
    """An answer to each question, by its id. `answer.unless(threshold)` may say nothing instead.

    Raises CourseError as `windows` does.
    """
    read = [
        window
        for q in questions
        for window in windows(q, tokenizer, model.config.context, stride, model.gap_id is not None)
    ]
    found: dict[str, list[WindowScores]] = {question.id: [] for question in questions}
    read.sort(key=lambda window: len(window.ids))  # little padding
    with evaluating(model):
        for start in range(0, len(read), batch_size):
            group = read[start : start + batch_size]
            for window, logits in zip(group, window_logits(model, tokenizer, group), strict=True):
                found[window.question.id].append(read_window(window, logits, n_best, longest))
    answers = {}
    for id, scores in found.items():
        candidates, doubt = merge_windows(scores, n_best)
        answers[id] = Answer(candidates[0].text, doubt, tuple(candidates))
    return answers


def window_logits(
    model: SpanReader, tokenizer: Tokenizer, group: Sequence[Window]
) -> Float[Tensor, "batch 2 position"]:
    """The model's scores for each of these windows."""
    width = max(len(window.ids) for window in group)
    ids = torch.tensor([[*w.ids, *[tokenizer.pad_id] * (width - len(w.ids))] for w in group])
    segments = torch.tensor([[*w.segments, *[0] * (width - len(w.ids))] for w in group])
    return model(ids.to(model.device), segments=segments.to(model.device))


def predictions(answers: dict[str, Answer], threshold: int | float = 0.0) -> dict[str, str]:
    """What to hand to `score`: each answer, or the empty text where the doubt is above the threshold."""
    return {id: answer.unless(threshold) for id, answer in answers.items()}
