"""A feed-forward layer made by hand: an open task, judged by what it answers."""
# mypy: allow-untyped-defs, allow-incomplete-defs

import torch
import torch.nn.functional as F

from llmcourse.analysis.memory import memory
from llmcourse.course.exercise import Exercise


def facts(draw, n, d_model, d_value):
    return F.normalize(draw(n, d_model), dim=-1), draw(n, d_value)


def answers(keys, up, bias, down):
    return torch.relu(keys @ up.T + bias) @ down.T


def three_weights_that_fit(trial):
    keys, values = trial.inputs
    if not isinstance(trial.result, tuple | list) or len(trial.result) != 3:
        return "Return three things, in this order: up, bias and down."
    up, bias, down = trial.result
    if not all(isinstance(weight, torch.Tensor) for weight in (up, bias, down)):
        return "up, bias and down have to be tensors."
    if up.ndim != 2 or up.shape[1] != keys.shape[1]:
        return (
            f"`up` compares the input with the keys, so it has a row for each neuron, {keys.shape[1]} wide; yours has "
            f"the shape {tuple(up.shape)} {trial.case}."
        )
    if bias.ndim > 1 or (bias.ndim == 1 and len(bias) != len(up)):
        return f"`bias` has one number for each row of `up`: {len(up)} {trial.case}, and not {tuple(bias.shape)}."
    if down.shape != (values.shape[1], len(up)):
        return (
            f"`down` has a column for each neuron: its shape should be ({values.shape[1]}, {len(up)}) {trial.case}; "
            f"yours is {tuple(down.shape)}."
        )
    return None


def every_key_finds_its_value(trial):
    keys, values = trial.inputs
    up, bias, down = trial.result
    off = (answers(keys, up, bias, down) - values).abs().max().item()
    if off <= 0.01:
        return None
    got = f"An answer is off by {off:.2g} {trial.case}; 0.01 is allowed."
    own = torch.relu(keys @ up.T + bias).float()
    if own.isnan().any():
        return f"{got} Some neurons give NaN: do you divide by 0?"
    if own.shape != (len(keys), len(keys)):
        return got
    others = own - torch.diag(own.diagonal())
    if others.max() > 1e-4:
        return (
            f"{got} Neurons fire for keys of others. Which number must be subtracted, so that only one's own is left?"
        )
    if (own.diagonal() - 1).abs().max() > 1e-3:
        return f"{got} Each key finds its own neuron and no other; but it fires with {own[0, 0]:.2g} there, not with 1."
    return f"{got} The right neuron fires, and with 1: is column i of `down` the value of key i?"


def memory_with(bias=0.0, scale=1.0, shift=0):
    """A memory with one thing changed, so that a mistake takes a line."""

    def handmade(keys, values):
        overlaps = keys @ keys.T - 2 * torch.eye(len(keys))
        c = overlaps.max()
        subtract = c if bias == "nearest" else torch.tensor(float(bias))
        by = 1 - c if scale == "gap" else torch.tensor(float(scale))
        return keys / by, (-subtract / by).expand(len(keys)), values.roll(shift, 0).T

    return handmade


MEMORY = Exercise(
    key="memory",
    title="A memory made by hand",
    task="Write `memory(keys, values)`: weights `up`, `bias` and `down`, such that "
    "`relu(keys @ up.T + bias) @ down.T` gives `values`, row by row. The keys have length 1 and are all different.",
    difficulty=3,
    minutes=25,
    answer=memory,
    compare=False,  # many weights do it
    cases={
        "for two facts at right angles": lambda draw: (torch.eye(2), torch.tensor([[3.0, 0.0, 1.0], [0.0, 5.0, 1.0]])),
        "for three facts in 8 dimensions": lambda draw: facts(draw, 3, 8, 4),
        "for 8 facts in 8 dimensions": lambda draw: facts(draw, 8, 8, 8),
        "for 40 facts in 8 dimensions": lambda draw: facts(draw, 40, 8, 5),
    },
    tests=[three_weights_that_fit, every_key_finds_its_value],
    known_mistakes={
        "nothing subtracted": (
            memory_with(),
            "Neurons fire for keys of others. Which number must be subtracted, so that only one's own is left?",
        ),
        "not scaled": (
            memory_with(bias="nearest"),
            "Each key finds its own neuron and no other; but it fires with",
        ),
        "values in the wrong place": (
            memory_with(bias="nearest", scale="gap", shift=1),
            "The right neuron fires, and with 1: is column i of `down` the value of key i?",
        ),
        "down not transposed": (
            lambda keys, values: (keys, torch.zeros(len(keys)), values),
            "`down` has a column for each neuron: its shape should be (3, 2) for two facts at right angles; yours is "
            "(2, 3).",
        ),
        "up transposed": (
            lambda keys, values: (keys[:, :1], torch.zeros(len(keys)), values.T),
            "`up` compares the input with the keys, so it has a row for each neuron, 2 wide; yours has",
        ),
    },
    hints=[
        "Give each fact a neuron of its own. With which vector should its row of `up` compare the input?",
        "Its own key: the dot product of a key of length 1 with itself is 1, and with any other less than 1. What it "
        "should write is its value: column i of `down`. For keys at right angles that is all.",
        "Other keys get something too. Let c be the largest dot product of two *different* keys; a bias of -c brings "
        "all others to 0 or below, where the relu takes them.",
        "One's own key then fires with 1 - c. Divide `up` and `bias` by 1 - c, and it fires with 1.",
    ],
)
