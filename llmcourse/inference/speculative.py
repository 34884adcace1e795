"""Speculative decoding: a cheap model drafts some tokens, the large one judges all of them in a single call.

A call that reads five tokens costs a large model hardly more than one that reads a single token, since its weights have
to be fetched either way. And the judge is strict in such a manner that what comes out is distributed exactly as if
the large model had written alone.

Leviathan, Kalman and Matias (2023), Fast Inference from Transformers via Speculative Decoding; Chen et al. (2023),
Accelerating Large Language Model Decoding with Speculative Sampling.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from jaxtyping import Float
from torch import Tensor

from llmcourse.errors import CourseError
from llmcourse.inference.generate import check_prompt, evaluating
from llmcourse.model.cache import KVCache
from llmcourse.model.gpt import GPT

#: A cheap model: from ids to a probability for each token to come next.
Draft = Callable[[Sequence[int]], Tensor]


def judge(
    p: Float[Tensor, "vocab"], q: Float[Tensor, "vocab"], token: int
) -> tuple[Float[Tensor, ""], Float[Tensor, "vocab"]]:
    """What becomes of a token that was drawn from q, when tokens drawn from p are wanted.

    Returns the probability with which it is kept, min(1, p/q), and the distribution from which another one is drawn
    if it is not: the part of p that q falls short of, made to sum to 1. Where q falls short of nothing, no token is
    ever refused, and that distribution is p itself.
    """
    keep = (p[token] / q[token]).clamp(max=1)
    short = (p - q).clamp(min=0)
    return keep, short / short.sum() if short.sum() > 0 else p


def acceptance(p: Float[Tensor, "*batch vocab"], q: Float[Tensor, "*batch vocab"]) -> Float[Tensor, "*batch"]:
    """How often a token drawn from q is kept: the overlap of the two, which is 1 - their total variation distance."""
    return torch.minimum(p, q).sum(-1)


def expected_tokens(rate: int | float, k: int) -> float:
    """Tokens for one call of the large model, on average, if each of k drafted ones is kept with this probability.

    1 + a + a² + … + aᵏ: the i-th is there if i before it were kept; one more always comes from the large model itself.
    Raises CourseError for a rate outside 0 to 1, and for a negative k.
    """
    if not 0 <= rate <= 1 or k < 0:
        raise CourseError(f"rate={rate} must lie between 0 and 1, and k={k} must be 0 or more")
    return float(sum(rate**i for i in range(k + 1)))


def speed_up(rate: int | float, k: int, cost: int | float) -> float:
    """How many times faster than the large model alone, if a call of the draft costs `cost` of a call of that one."""
    return expected_tokens(rate, k) / (1 + k * cost)


def distribution(logits: Float[Tensor, "*batch vocab"], temperature: int | float) -> Float[Tensor, "*batch vocab"]:
    """The probabilities at a temperature; at 0 the likeliest token has all."""
    if temperature == 0:
        return torch.nn.functional.one_hot(logits.argmax(-1), logits.shape[-1]).float()
    return (logits.float() / temperature).softmax(-1)


class Reader:
    """A GPT with a cache that looks after itself: give it ids, and only what it has not read is read.

    Where the ids differ from those it read before, it goes back to the last place where they agree.
    """

    def __init__(self, model: GPT):
        self.model = model
        self.cache, self.read = KVCache(model.config), list[int]()
        self.calls = 0

    @torch.no_grad()
    def __call__(self, ids: Sequence[int], n: int = 1) -> Float[Tensor, "n vocab"]:
        """The logits at the last n of these ids."""
        same = next((at for at, (a, b) in enumerate(zip(self.read, ids, strict=False)) if a != b), None)
        same = min(len(self.read), len(ids)) if same is None else same
        self.cache.cut(min(same, len(ids) - n))
        start = self.cache.length
        unread = torch.tensor([list(ids[start:])], device=self.model.device)
        with evaluating(self.model):
            logits = self.model(unread, cache=self.cache)[0, -n:]
        self.read = list(ids)
        self.calls += 1
        return logits


def gpt_draft(model: GPT, temperature: int | float = 1) -> Draft:
    """A small GPT as a draft."""
    reader = Reader(model)
    return lambda ids: distribution(reader(ids)[-1], temperature)


@dataclass
class Speculation:
    """What was written, and what it took."""

    ids: list[int]  # the prompt and what came after it
    calls: int = 0  # of the large model
    judged: int = 0  # drafted tokens up to the first that was refused
    kept: int = 0  # those of them that were not
    due: float = 0.0  # how many should have been kept, by the overlap of the two distributions at each place

    @property
    def rate(self) -> float:
        """The share of the judged tokens that was kept."""
        return self.kept / self.judged if self.judged else 0.0


def speculate(
    target: Callable[[Sequence[int], int], Tensor],
    draft: Draft,
    ids: Sequence[int],
    max_new_tokens: int,
    k: int = 4,
    stop_id: int | None = None,
    generator: torch.Generator | None = None,
) -> Speculation:
    """Write after `ids` as `target` would, from k drafted tokens at a time.

    `target`: from ids and n to the probabilities after each of the last n of them, (n vocab); one call judges all.
    A text ends with `stop_id`. Raises CourseError for k below 1 and for other negative numbers.
    """
    if k < 1 or max_new_tokens < 0:
        raise CourseError(f"k={k} must be 1 or more, and max_new_tokens={max_new_tokens} 0 or more")
    done = Speculation(list(ids))
    end = len(ids) + max_new_tokens
    while len(done.ids) < end:
        drafted, q = list[int](), list[Tensor]()
        for _ in range(min(k, end - len(done.ids) - 1)):  # the last token needs no draft
            q.append(draft([*done.ids, *drafted]).cpu())
            drafted.append(draw(q[-1], generator))
        p = target([*done.ids, *drafted], len(drafted) + 1).cpu()
        done.calls += 1
        done.ids += verdict(p, q, drafted, done, generator)
        if stop_id is not None and stop_id in done.ids[len(ids) :]:
            done.ids = done.ids[: done.ids.index(stop_id, len(ids)) + 1]
            break
    return done


def verdict(
    p: Tensor, q: Sequence[Tensor], drafted: Sequence[int], done: Speculation, generator: torch.Generator | None
) -> list[int]:
    """The drafted tokens up to the first that is refused, and one more: in its place, or after the last of them."""
    for place, token in enumerate(drafted):
        keep, instead = judge(p[place], q[place], token)
        done.judged, done.due = done.judged + 1, done.due + acceptance(p[place], q[place]).item()
        if torch.rand((), generator=generator) >= keep:
            return [*drafted[:place], draw(instead, generator)]
        done.kept += 1
    return [*drafted, draw(p[-1], generator)]


def draw(p: Tensor, generator: torch.Generator | None) -> int:
    return int(torch.multinomial(p, 1, generator=generator))


def generate_speculative(
    model: GPT,
    draft: GPT | Draft,
    ids: Sequence[int],
    max_new_tokens: int,
    k: int = 4,
    temperature: int | float = 1,
    stop_id: int | None = None,
    generator: torch.Generator | None = None,
) -> Speculation:
    """What `model` would write after `ids` at this temperature, with the help of a draft: another GPT, or any function
    from ids to probabilities. At temperature 0 it is the greedy text.

    Raises CourseError when the prompt is empty or too long, the vocabularies differ, or as `speculate` does.
    """
    check_prompt(len(ids), model.config.context)
    if temperature < 0:
        raise CourseError(f"temperature={temperature} must be 0 or more")
    if isinstance(draft, GPT):
        theirs, ours = draft.config, model.config
        if theirs.vocab_size != ours.vocab_size or theirs.context < ours.context:
            raise CourseError(
                f"the draft knows {theirs.vocab_size} tokens and reads {theirs.context}; the model knows "
                f"{ours.vocab_size} and reads {ours.context}: a draft needs the same tokens, and no shorter context"
            )
        draft = gpt_draft(draft, temperature)
    reader = Reader(model)
    room = min(max_new_tokens, model.config.context - len(ids))
    return speculate(
        lambda text, n: distribution(reader(text, n), temperature), draft, ids, room, k, stop_id, generator
    )
