"""Exercise: temperature."""
# mypy: allow-untyped-defs, allow-incomplete-defs

import torch

from llmcourse.course.content.ch17.shared import logs, same_shape
from llmcourse.course.exercise import Exercise
from llmcourse.inference.sampling import with_temperature

TEMPERATURE = Exercise(
    key="temperature",
    title="Temperature",
    task="Write `with_temperature(logits, temperature)`: logits whose differences are divided by the temperature.",
    difficulty=1,
    minutes=3,
    answer=with_temperature,
    cases={
        "for two tokens at temperature 0.5": lambda draw: (logs(0.75, 0.25), 0.5),
        "for a batch, cold": lambda draw: (draw(3, 8), 0.3),
        "for a batch, hot": lambda draw: (draw(2, 5), 1.7),
        "with a token ruled out before": lambda draw: (torch.tensor([1.0, float("-inf"), 0.0]), 2.0),
    },
    tests=[same_shape],
    known_mistakes={
        "multiplied": (
            lambda logits, t: logits * t,
            "Turned round: you multiply, so a high temperature makes the likely likelier. It should melt the "
            "differences.",
        ),
        "probabilities": (
            lambda logits, t: (logits / t).softmax(-1),
            "These are the probabilities already. Return logits, so that the next function in the chain can go on.",
        ),
        "dividing probabilities": (
            lambda logits, t: (logits.softmax(-1) / t).log(),
            "Dividing the *probabilities* by a number changes them all alike, and the next softmax undoes it.",
        ),
        "a power of e": (
            lambda logits, t: logits / torch.tensor(t).exp(),
            "You divide by e to the temperature. At temperature 1 nothing should change.",
        ),
    },
    hints=[
        "At temperature 1 nothing changes, and at 0.5 every difference between two logits doubles.",
        "Which operation on all logits doubles their differences when it is given 0.5?",
        "Divide the logits by the temperature; the softmax comes later, elsewhere.",
    ],
)
