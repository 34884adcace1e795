"""Beam search: look for a likely text as a whole, by keeping several beginnings instead of one.

It is written over any function from ids to logits, so it runs on any model. Scores are sums of ln p, divided by the
length to the power of `length_penalty`: 0 asks for the likeliest text, 1 for the likeliest per token, which lets longer
texts win (Wu et al. 2016 use a smoother formula; this one is the `transformers` library's).
"""

from collections.abc import Callable
from typing import NamedTuple

import torch
from jaxtyping import Float, Int
from torch import Tensor

from llmcourse.errors import CourseError

Reader = Callable[[Tensor], Tensor]  # ids (beam position) -> logits of the next token (beam vocab)


class Found(NamedTuple):
    """A text that a search found."""

    ids: list[int]  # with the prompt in front, and the stop token at the end if it was reached
    log_prob: float  # of what was added to the prompt, in nats
    score: float  # by which the search ranks it


def expand_beams(
    scores: Float[Tensor, " beam"], log_probs: Float[Tensor, "beam vocab"], n: int
) -> tuple[Float[Tensor, " n"], Int[Tensor, " n"], Int[Tensor, " n"]]:
    """The n best ways to make one of the beams a token longer: their scores, their beams, their tokens, best first.

    `scores`: each beam's ln p so far. `log_probs`: ln p of each token after each beam. Of equal ones, the earlier beam
    goes first, then the lower id. There are no more ways than beams × vocab.
    """
    totals = scores[:, None] + log_probs  # beam vocab
    best = totals.flatten().argsort(descending=True, stable=True)[:n]
    vocab = log_probs.shape[1]
    return totals.flatten()[best], best // vocab, best % vocab


@torch.no_grad()
def beam_search(
    next_logits: Reader,
    prompt: list[int],
    width: int,
    max_new_tokens: int,
    stop_id: int | None = None,
    length_penalty: int | float = 1.0,
) -> list[Found]:
    """The best texts that begin with the prompt, at most `width` of them, the best first.

    In each step the `width` best beginnings go on. One that takes the `stop_id` is finished, and the search ends when
    no beginning can overtake the worst of `width` finished ones any more. A width of 1 is greedy.

    Returns the prompt alone when there is no room for a token. Raises CourseError for a width below 1, an empty prompt,
    and where no token is possible any more.
    """
    if width < 1:
        raise CourseError(f"width={width} must be 1 or more: some beginning has to be kept")
    if not prompt:
        raise CourseError("the prompt is empty: a model needs a token to start from, such as <bos>")
    if max_new_tokens < 1:
        return [Found(list(prompt), 0.0, 0.0)]
    beams, scores, finished = torch.tensor([prompt]), torch.zeros(1), []

    for length in range(1, max_new_tokens + 1):
        log_probs = next_logits(beams).float().log_softmax(dim=-1).cpu()
        # Each beam has one way to stop, so among twice as many there are enough that go on.
        totals, parents, tokens = expand_beams(scores, log_probs, n=2 * width)
        candidates = torch.cat([beams[parents], tokens[:, None]], dim=1)
        possible = totals > -torch.inf
        ended = (tokens == stop_id) | (length == max_new_tokens)
        for place in (ended & possible)[:width].nonzero().flatten().tolist():
            total = totals[place].item()
            finished.append(Found(candidates[place].tolist(), total, total / length**length_penalty))
        finished = sorted(finished, key=lambda found: -found.score)[:width]
        going = (~ended & possible).nonzero().flatten()[:width]
        if len(going) == 0:
            break
        beams, scores = candidates[going], totals[going]
        longest = max_new_tokens if length_penalty > 0 else length + 1  # at which a score would be the best it can be
        if len(finished) == width and scores[0].item() / longest**length_penalty <= finished[-1].score:
            break
    if not finished:
        raise CourseError("the search has no token left to go on with: every one is ruled out")
    return finished
