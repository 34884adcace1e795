"""Exercise: attention rollout."""
# mypy: allow-untyped-defs, allow-incomplete-defs

import torch

from llmcourse.analysis.rollout import attention_rollout
from llmcourse.course.exercise import Exercise


def causal(draw, layers, heads, n):
    scores = draw(layers, heads, n, n).masked_fill(~torch.ones(n, n, dtype=torch.bool).tril(), -torch.inf)
    return scores.softmax(-1)


def is_square(trial):
    n = trial.inputs[0].shape[-1]
    if not isinstance(trial.result, torch.Tensor) or tuple(trial.result.shape) != (n, n):
        return f"Return one matrix of {n} tokens by {n} tokens {trial.case}: all layers and heads are taken together."
    return None


def shares(trial):
    sums = trial.result.sum(-1)
    if not torch.allclose(sums, torch.ones_like(sums), atol=1e-4):
        return f"Each row should be shares that sum to 1; the last one sums to {sums[-1]:.3g} {trial.case}."
    return None


def rollout_with(straight=0.5, turned=False, combine=lambda w: w.mean(1), layers=slice(None)):
    """Rollout with one thing changed, so that a mistake takes a line."""

    def rollout(weights):
        rolled = torch.eye(weights.shape[-1])
        for layer in combine(weights)[layers]:
            mixed = straight * torch.eye(len(layer)) + (1 - straight) * layer
            rolled = rolled @ mixed if turned else mixed @ rolled
        return rolled

    return rollout


def not_halved(weights):
    rolled = torch.eye(weights.shape[-1])
    for layer in weights.mean(1):
        rolled = (layer + torch.eye(len(layer))) @ rolled
    return rolled


ROLLOUT = Exercise(
    key="rollout",
    title="Attention rollout",
    task="Write `attention_rollout(weights)`: from the weights of all layers and heads, layer × head × query × key, "
    "the share of each input in each token of the last layer.",
    difficulty=2,
    minutes=15,
    answer=attention_rollout,
    cases={
        "for one layer of one head": lambda draw: (causal(draw, 1, 1, 2),),
        "for one layer of three heads": lambda draw: (causal(draw, 1, 3, 4),),
        "for three layers": lambda draw: (causal(draw, 3, 2, 5),),
        "for two layers without a mask": lambda draw: (draw(2, 4, 6, 6).softmax(-1),),
    },
    tests=[is_square, shares],
    known_mistakes={
        "no straight way": (
            rollout_with(straight=0.0),
            "You multiply the bare weights. Half of a token's new vector is its old one: where is the identity?",
        ),
        "layers in the wrong order": (
            rollout_with(turned=True),
            "You multiply in the wrong order. What the second layer reads are the *outputs* of the first: its matrix "
            "stands on the left.",
        ),
        "only the last layer": (
            rollout_with(layers=slice(-1, None)),
            "This is the last layer alone. What it reads are tokens that have read others before.",
        ),
        "only the first head": (
            rollout_with(combine=lambda w: w[:, 0]),
            "You follow one head of each layer. Rollout takes the mean over all of them.",
        ),
        "not halved": (
            not_halved,
            "You add the identity, and the rows sum to 2 after one layer and to 8 after three. Each half counts for "
            "one half.",
        ),
        "the strongest head": (
            rollout_with(combine=lambda w: w.amax(1) / w.amax(1).sum(-1, keepdim=True)),
            "You take the largest weight of any head. It is the mean over the heads that is asked for.",
        ),
    },
    hints=[
        "One layer first. `weights.mean(dim=1)` takes the heads together. Which matrix stands for a token that keeps "
        "its own vector?",
        "With A the mean of the heads, the layer is (A + identity) / 2; each row still sums to 1.",
        "Begin with the identity. For each layer, from the first to the last, multiply its matrix *from the left*.",
        "`rolled = (layer + torch.eye(n)) / 2 @ rolled` in a loop over `weights.mean(dim=1)`.",
    ],
)
