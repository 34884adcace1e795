"""Exercise: how often a masked model is right."""
# mypy: allow-untyped-defs, allow-incomplete-defs

import torch

from llmcourse.course.exercise import Exercise
from llmcourse.training.accuracy import gap_accuracy


def is_a_share(trial):
    result = trial.result
    if isinstance(result, torch.Tensor) and result.dim() > 0:
        return "Return one number for the whole batch."
    if not 0 <= float(result) <= 1:
        return f"You return {float(result):.3g} {trial.case}. A share lies between 0 and 1."
    return None


def right_and_asked(logits, targets):
    return logits.argmax(-1) == targets, targets != -100


def share_with(reduce):
    """Another way to make one number of what is right and what is asked: to write a mistake in a line."""
    return lambda logits, targets: float(reduce(*right_and_asked(logits, targets)))


def mean_probability(logits, targets):
    asked = targets != -100
    chances = logits.softmax(-1).gather(-1, targets.clamp(min=0)[..., None])[..., 0]
    return chances[asked].mean().item()


def gaps(draw):
    targets = draw.integers(0, 5, 3, 8)
    targets[:, 2:] = -100
    targets[0, 5:] = 3  # one row is asked more than the others
    logits = draw(3, 8, 5) + 2 * torch.nn.functional.one_hot(targets.clamp(min=0), 5)
    return logits, targets


GAP_ACCURACY = Exercise(
    key="gap_accuracy",
    title="Accuracy at the gaps",
    task="Write `gap_accuracy(logits, targets)`: the share of the places asked about at which the largest logit is the "
    "target's. Where a target is -100, nothing is asked.",
    difficulty=1,
    minutes=5,
    answer=gap_accuracy,
    cases={
        "for one text with two gaps": lambda draw: (torch.eye(4)[None], torch.tensor([[0, -100, -100, 1]])),
        "for a batch": gaps,
        "where all is right": lambda draw: (torch.eye(3)[None], torch.tensor([[-100, 1, 2]])),
    },
    tests=[is_a_share],
    known_mistakes={
        "all places": (
            share_with(lambda right, asked: right.float().mean()),
            "You divide by all places. Most of them are not asked about, and -100 is never the first choice.",
        ),
        "unasked are right": (
            share_with(lambda right, asked: (right | ~asked).float().mean()),
            "You count the places where nothing is asked as right. Almost all of them are such, so any model looks "
            "good.",
        ),
        "count": (
            share_with(lambda right, asked: right.sum()),
            "A share lies between 0 and 1.",
        ),
        "mean of rows": (
            share_with(lambda right, asked: (right.float().sum(1) / asked.sum(1)).mean()),
            "You take each text's share and then the mean of these. Every gap should weigh the same.",
        ),
        "probability": (
            mean_probability,
            "You take the mean probability of the right word. It is right at a gap if no other word has a larger "
            "logit, "
            "however small its own probability is.",
        ),
    },
    hints=[
        "`logits.argmax(-1)` is the first choice at every place.",
        "`targets != -100` says where something is asked. Both are tensors of (batch, position).",
        "Keep only the places that are asked about: `logits.argmax(-1)[asked]` and `targets[asked]`.",
        "`(logits.argmax(-1)[asked] == targets[asked]).float().mean().item()`.",
    ],
)
