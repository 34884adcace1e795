"""Exercise: the rule by which a large model judges a drafted token."""
# mypy: allow-untyped-defs, allow-incomplete-defs

import torch

from llmcourse.course.exercise import Exercise
from llmcourse.inference.speculative import judge


def returns_two(trial):
    if not isinstance(trial.result, tuple | list) or len(trial.result) != 2:
        return (
            "Return two things: the probability with which the token is kept, and the distribution to draw from if not."
        )
    return None


def keeps_with_a_probability(trial):
    keep = float(trial.result[0])
    if not -1e-6 <= keep <= 1 + 1e-6:
        return f"The token is kept with a probability of {keep:.3g} {trial.case}. No probability is above 1: `clamp`."
    return None


def draws_from_a_distribution(trial):
    instead = trial.result[1]
    if not isinstance(instead, torch.Tensor) or instead.shape != trial.inputs[0].shape:
        return "The second thing is a tensor with a probability for each token of the vocabulary."
    if instead.isnan().any():
        return (
            f"The distribution to draw from holds NaN {trial.case}: where q is p, it falls short of nothing, and 0 is "
            "divided by 0. No token is ever refused there; return p itself."
        )
    if (instead < 0).any() or abs(instead.sum() - 1) > 1e-4:
        return f"The distribution to draw from sums to {instead.sum():.3g} {trial.case}, and it should to 1."
    return None


def the_mixture_is_p(trial):
    """The law that makes it work: what is kept and what comes instead, together, is p."""
    p, q, _ = trial.inputs
    mixture = torch.zeros_like(p)
    for token in q.nonzero().flatten().tolist():
        keep, instead = trial.call(p, q, token)
        mixture[token] += q[token] * keep
        mixture += q[token] * (1 - keep) * instead
    worst = (mixture - p).abs().argmax().item()
    if abs(mixture[worst] - p[worst]) > 1e-4:
        return (
            f"By your rule token {worst} comes with a probability of {mixture[worst]:.3f} {trial.case}, and the large "
            f"model wants {p[worst]:.3f}."
        )
    return None


def rule(keep=lambda p, q, x: (p[x] / q[x]).clamp(max=1), instead=lambda p, q: (p - q).clamp(min=0), normalize=True):
    def answer(p, q, token):
        rest = instead(p, q)
        if normalize:
            rest = rest / rest.sum() if rest.sum() > 0 else p
        return keep(p, q, token), rest

    return answer


THREE = (torch.tensor([0.5, 0.3, 0.2]), torch.tensor([0.2, 0.7, 0.1]))

JUDGE = Exercise(
    key="judge",
    title="Keep it, or draw another",
    task="Write `judge(p, q, token)` for a token drawn from q: the probability with which it is kept, and the "
    "distribution from which another one is drawn if it is not, such that what comes out is distributed as p.",
    difficulty=2,
    minutes=20,
    answer=judge,
    cases={
        "for a token that the draft likes too much": lambda draw: (*THREE, 1),
        "for a token that the large model likes more": lambda draw: (*THREE, 0),
        "for two tokens that never agree": lambda draw: (torch.tensor([1.0, 0.0]), torch.tensor([0.0, 1.0]), 1),
        "for a draft that is the large model": lambda draw: (THREE[0], THREE[0], 2),
        "for 40 tokens": lambda draw: (draw(40).softmax(-1), draw(40).softmax(-1), 7),
    },
    tests=[returns_two, keeps_with_a_probability, draws_from_a_distribution, the_mixture_is_p],
    known_mistakes={
        "the wrong way round": (
            rule(keep=lambda p, q, x: (q[x] / p[x]).clamp(max=1)),
            "You keep a token with q/p. It has come as often as q says and should come as often as p says: what comes "
            "too often has to be kept less, with p/q.",
        ),
        "above 1": (
            rule(keep=lambda p, q, x: p[x] / q[x]),
            "No probability is above 1: `clamp`.",
        ),
        "always drawn from p": (
            rule(instead=lambda p, q: p),
            "You draw the other one from p. But tokens that the draft favours have had their chance already, and would "
            "come too often. Draw from what is still *missing*, the part of p above q.",
        ),
        "drawn from the difference": (
            rule(instead=lambda p, q: (p - q).abs()),
            "You take the absolute difference, and so draw what the draft gave too often yet another time. Only "
            "where p is above q is something missing.",
        ),
        "drawn from the excess": (
            rule(instead=lambda p, q: (q - p).clamp(min=0)),
            "You draw from the part of q above p. Of those tokens there are too many already: it is p - q that is "
            "missing.",
        ),
        "not normalized": (
            rule(normalize=False),
            "Your second tensor is the missing part as it stands. To draw from it, make it sum to 1.",
        ),
        "kept if p is larger": (
            rule(keep=lambda p, q, x: (p[x] >= q[x]).float()),
            "You keep a token only where p is at least q, and refuse it for certain elsewhere. A token that comes a "
            "little too often has to be kept most of the time: with p/q.",
        ),
        "always kept": (
            rule(keep=lambda p, q, x: torch.tensor(1.0)),
            "You keep every token, so the draft writes the text and the large model only watches.",
        ),
    },
    hints=[
        "Token x comes from the draft with q(x), and is wanted with p(x). If q(x) is twice p(x), how many of them may "
        "stay?",
        "Kept with min(1, p/q): `(p[token] / q[token]).clamp(max=1)`. Of token x, min(p, q) then stays in all.",
        "So p - min(p, q) is missing of each token: what has to come from the second draw.",
        "`short = (p - q).clamp(min=0)`, divided by its sum; and p itself if that sum is 0.",
    ],
)
