"""Exercise: the exposure of a secret."""
# mypy: allow-untyped-defs, allow-incomplete-defs

import math

import torch

from llmcourse.analysis.exposure import exposure
from llmcourse.course.exercise import Exercise


def not_above_the_limit(trial):
    most = math.log2(len(trial.inputs[0]))
    value = float(trial.result)
    if not -1e-6 <= value <= most + 1e-6:
        return (
            f"An exposure of {value:.3g} {trial.case}: it lies between 0 and log2({len(trial.inputs[0])}) = {most:.3g}."
        )
    return None


def ranked(rank=lambda lp, s: int((lp >= lp[s]).sum()), size=len, log=math.log2):
    return lambda lp, s: log(size(lp)) - log(rank(lp, s))


EXPOSURE = Exercise(
    key="exposure",
    title="The exposure of a secret",
    task="Write `exposure(log_probs, secret)`: log2 of the number of candidates, minus log2 of the rank of the "
    "candidate with the index `secret`; among equals it takes the last rank.",
    difficulty=1,
    minutes=10,
    answer=exposure,
    cases={
        "for four candidates by hand": lambda draw: (torch.tensor([-1.0, -3.0, -0.5, -2.0]), 0),
        "for the likeliest of eight": lambda draw: (torch.tensor([-5.0, -4, -1, -6, -7, -8, -9, -3]), 2),
        "for the last of a hundred": lambda draw: (-torch.arange(100.0), 99),
        "for a model that finds all alike": lambda draw: (torch.full((16,), -2.77), 3),
        "for a thousand": lambda draw: (draw(1000), 17),
    },
    tests=[not_above_the_limit],
    known_mistakes={
        "rank from 0": (
            lambda lp, s: math.log2(len(lp)) - math.log2(max(int((lp > lp[s]).sum()), 0.5)),
            "Your ranks begin at 0. The likeliest candidate has rank 1, whose logarithm is 0.",
        ),
        "worst first": (
            ranked(rank=lambda lp, s: int((lp <= lp[s]).sum())),
            "You count those that are *less* likely: the likeliest gets the last rank. Rank 1 is the likeliest.",
        ),
        "natural logarithm": (
            ranked(log=math.log),
            "You take the natural logarithm. Exposure is counted in bits: `math.log2`.",
        ),
        "the probability": (
            lambda lp, s: math.log2(len(lp)) + lp[s].item() / math.log(2),
            "You take the probability of the secret, and not its rank. A model may be unsure of all codes and yet put "
            "the secret first.",
        ),
        "the first of equals": (
            ranked(rank=lambda lp, s: int((lp > lp[s]).sum()) + 1),
            "Right, but for equals: where all candidates are alike the model knows nothing, and you give the secret "
            "the first rank. Count those that are at least as likely.",
        ),
    },
    hints=[
        "How many candidates are at least as likely as the secret, itself among them? That is its rank.",
        "`(log_probs >= log_probs[secret]).sum()` counts them.",
        "`math.log2(len(log_probs)) - math.log2(rank)`.",
    ],
)
