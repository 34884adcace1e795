"""Exercise: the balance loss of a router."""
# mypy: allow-untyped-defs, allow-incomplete-defs

import torch

from llmcourse.course.exercise import Exercise
from llmcourse.model.efficient.experts import balance_loss


def fractions(shares, chosen):
    return torch.bincount(chosen.flatten(), minlength=shares.shape[-1]) / chosen.numel()


def one_number(trial):
    if not isinstance(trial.result, torch.Tensor) or trial.result.ndim != 0:
        return "Return one number, a tensor without dimensions: the sum over the experts."
    return None


def routed(draw, tokens, experts, k=1):
    shares = (2 * draw(tokens, experts)).softmax(-1)
    return shares, shares.topk(k, dim=-1).indices


BALANCE = Exercise(
    key="balance",
    title="A fair spread",
    task="Write `balance_loss(shares, chosen)`: n Σ f P over the n experts, where f is the fraction "
    "of all choices that "
    "fell on an expert and P its mean share.",
    difficulty=2,
    minutes=12,
    answer=balance_loss,
    cases={
        "for an even spread": lambda draw: (torch.full((4, 2), 0.5), torch.tensor([[0], [1], [0], [1]])),
        "for one who gets all": lambda draw: (torch.tensor([[0.9, 0.1]] * 3), torch.zeros(3, 1, dtype=torch.long)),
        "for eight experts": lambda draw: routed(draw, 20, 8),
        "for two experts at a time": lambda draw: routed(draw, 12, 4, k=2),
    },
    tests=[one_number],
    known_mistakes={
        "no factor n": (
            lambda shares, chosen: (fractions(shares, chosen) * shares.mean(0)).sum(),
            "The factor n is missing: an even spread should give 1, however many experts there are.",
        ),
        "mean for the sum": (
            lambda shares, chosen: (fractions(shares, chosen) * shares.mean(0)).mean(),
            "You take the mean over the experts, where a sum times n is asked for: you are off by a factor of n².",
        ),
        "shares twice": (
            lambda shares, chosen: shares.shape[-1] * (shares.mean(0) ** 2).sum(),
            "Your f is the mean share again. f counts: which fraction of all choices fell on the expert?",
        ),
        "choices twice": (
            lambda shares, chosen: shares.shape[-1] * (fractions(shares, chosen) ** 2).sum(),
            "Only counts come in. They have no gradient, so nothing would be learned: one of the two "
            "factors is the mean "
            "share.",
        ),
        "counts": (
            lambda shares, chosen: (
                shares.shape[-1] * (torch.bincount(chosen.flatten(), minlength=shares.shape[-1]) * shares.mean(0)).sum()
            ),
            "You count, but do not divide by the number of choices: the loss would grow with the batch.",
        ),
        "divided by tokens": (
            lambda shares, chosen: (
                shares.shape[-1] * (fractions(shares, chosen) * chosen.shape[1] * shares.mean(0)).sum()
            ),
            "Right for one expert at a time. With two, there are twice as many choices as tokens: "
            "divide by all choices.",
        ),
    },
    hints=[
        "Count first: `torch.bincount(chosen.flatten(), minlength=n)` says how often each expert was chosen.",
        "Divide by the number of all choices, `chosen.numel()`: that is f. P is the mean of `shares` over the tokens.",
        "Multiply the two, expert by expert, sum, and multiply by n.",
    ],
)
