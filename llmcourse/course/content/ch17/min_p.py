"""Exercise: min-p."""
# mypy: allow-untyped-defs, allow-incomplete-defs

from llmcourse.course.content.ch17.shared import TRUNCATION_TESTS, keep, logs
from llmcourse.course.exercise import Exercise
from llmcourse.inference.truncation import min_p


def absolute(logits, p):
    shares = logits.softmax(-1)
    return keep(logits, (shares >= p) | (shares == shares.amax(-1, keepdim=True)))


def one_maximum(logits, p):
    shares = logits.softmax(-1)
    stays = shares >= p * shares.max()
    return keep(logits, stays | (shares == shares.amax(-1, keepdim=True)))


MIN_P = Exercise(
    key="min_p",
    title="Min-p",
    task="Write `min_p(logits, p)`: tokens stay that are at least p times as likely as the likeliest of their row.",
    difficulty=1,
    minutes=5,
    answer=min_p,
    cases={
        "for probabilities 0.5, 0.3, 0.15, 0.05 and p = 0.2": lambda draw: (logs(0.5, 0.3, 0.15, 0.05), 0.2),
        "for ten tokens of 0.1 and p = 0.2": lambda draw: (logs(*[0.1] * 10), 0.2),
        "for a batch of sure and unsure rows": lambda draw: (logs([0.96, 0.02, 0.02], [0.34, 0.33, 0.33]), 0.1),
        "for negative logits": lambda draw: (draw(3, 7) - 20, 0.3),
    },
    tests=TRUNCATION_TESTS,
    known_mistakes={
        "an absolute threshold": (
            absolute,
            "You ask for a probability of p. Where ten words are equally likely, none has 0.2; min-p asks for p times "
            "that of the likeliest, and all ten stay.",
        ),
        "logits, not probabilities": (
            lambda logits, p: keep(logits, logits >= p * logits.amax(-1, keepdim=True)),
            "You compare logits. p times as likely is said of probabilities; for logits it means at most -ln p below.",
        ),
        "one maximum for the whole batch": (
            one_maximum,
            "You compare every row with the largest probability of the whole batch. Each row has a likeliest of its "
            "own.",
        ),
    },
    hints=[
        "First the probabilities: a softmax. Which is the largest in each row?",
        "`amax(dim=-1, keepdim=True)` keeps a column, so that every row is compared with its own.",
        "`masked_fill(probabilities < p * largest, -math.inf)`, on the logits.",
    ],
)
