"""Exercise: a unit in which models with different tokenizers can be compared."""
# mypy: allow-untyped-defs, allow-incomplete-defs

import math

from llmcourse.course.exercise import Exercise
from llmcourse.training.loss import bits_per_character

LN2 = math.log(2)

BITS_PER_CHARACTER = Exercise(
    key="bits_per_character",
    title="Bits per character",
    task="Write `bits_per_character(log_probs, text)`: from ln p of each token of a text, the bits that each character "
    "of the text costs.",
    difficulty=1,
    minutes=8,
    answer=bits_per_character,
    cases={
        "for two tokens and four characters": lambda draw: ([math.log(1 / 2), math.log(1 / 8)], "abcd"),
        "for one long token": lambda draw: ([-3.0], "birthday"),
        "for a story's beginning": lambda draw: ((-draw(9).abs()).tolist(), "Mia the baker lived near the mill."),
        "for letters beyond ASCII": lambda draw: ([-1.0, -2.0, -0.5], "Zoë isst Äpfel."),
    },
    known_mistakes={
        "per token": (
            lambda log_probs, text: -sum(log_probs) / LN2 / len(log_probs),
            "You divide by the number of tokens: that is bits per *token*, which depends on the tokenizer.",
        ),
        "nats": (
            lambda log_probs, text: -sum(log_probs) / len(text),
            "This is nats per character. A bit is ln 2 = 0.693 nats, so there are more bits than nats.",
        ),
        "times ln 2": (
            lambda log_probs, text: -sum(log_probs) * LN2 / len(text),
            "You multiply by ln 2. A nat is *more* than a bit, so the number has to grow: divide by ln 2.",
        ),
        "no minus": (
            lambda log_probs, text: sum(log_probs) / LN2 / len(text),
            "Your number is negative. ln p is 0 or below, and a cost is minus that.",
        ),
        "mean of means": (
            lambda log_probs, text: -sum(log_probs) / len(log_probs) / LN2 / len(text),
            "You take the mean over tokens and then divide by the characters too. The *sum* of ln p belongs to the "
            "whole text, and so do its characters.",
        ),
        "bytes": (
            lambda log_probs, text: -sum(log_probs) / LN2 / len(text.encode()),
            "You count bytes: ë and Ä have two each in UTF-8. Bits per byte is a good unit as well, but another one.",
        ),
        "words": (
            lambda log_probs, text: -sum(log_probs) / LN2 / len(text.split()),
            "You count words instead of characters.",
        ),
    },
    hints=[
        "The sum of ln p is ln p of the whole text, however it was cut into tokens.",
        "From nats to bits: divide by ln 2, which is `math.log(2)`.",
        "`-sum(log_probs) / math.log(2) / len(text)`.",
    ],
)
