"""Exercise: the loss of a reward model."""
# mypy: allow-untyped-defs, allow-incomplete-defs

import torch
import torch.nn.functional as F

from llmcourse.course.exercise import Exercise
from llmcourse.training.reward import bradley_terry_loss


def is_one_number(trial):
    if not isinstance(trial.result, torch.Tensor) or trial.result.dim() > 0:
        return "The loss is one number for all pairs, as a tensor without dimensions, fit for `backward()`."
    return None


def only_differences_count(trial):
    chosen, rejected = trial.inputs
    if not torch.allclose(trial.call(chosen + 3, rejected + 3), trial.result, atol=1e-4):
        return "Add 3 to all rewards and your loss changes. Only the difference of the two should count."
    return None


def is_finite(trial):
    if not trial.result.isfinite():
        return "Your loss is not finite for large differences: there a sigmoid is exactly 0, and its logarithm -inf."
    return None


BRADLEY_TERRY = Exercise(
    key="bradley_terry",
    title="The loss of a reward model",
    task="Write `bradley_terry_loss(chosen, rejected)`: the mean of -ln sigmoid(r_chosen - r_rejected) over all pairs.",
    difficulty=1,
    minutes=8,
    answer=bradley_terry_loss,
    cases={
        "for equal rewards": lambda draw: (torch.zeros(3), torch.zeros(3)),
        "for one pair": lambda draw: (torch.tensor([1.0]), torch.tensor([-1.0])),
        "for random rewards": lambda draw: (2 * draw(9), 2 * draw(9)),
        "for a model that is very sure, and wrong": lambda draw: (-200 + draw(3), 200 + draw(3)),
    },
    tests=[is_one_number, only_differences_count, is_finite],
    known_mistakes={
        "swapped": (
            lambda chosen, rejected: -F.logsigmoid(rejected - chosen).mean(),
            "Your loss is low when the *rejected* reply has the higher reward: the difference has the wrong sign.",
        ),
        "overflow": (
            lambda chosen, rejected: -torch.sigmoid(chosen - rejected).log().mean(),
            "Your loss is not finite for large differences",
        ),
        "no minus": (
            lambda chosen, rejected: F.logsigmoid(chosen - rejected).mean(),
            "Your loss is negative, and training would make the right choices *less* likely. A sign is missing.",
        ),
        "sum": (
            lambda chosen, rejected: -F.logsigmoid(chosen - rejected).sum(),
            "You take the sum over the pairs. The mean can be compared between batches.",
        ),
        "difference": (
            lambda chosen, rejected: (rejected - chosen).mean(),
            "You take the bare difference. It has no lower end: a model gains by driving one easy pair apart for ever, "
            "and there is no probability in it.",
        ),
        "probability": (
            lambda chosen, rejected: (1 - torch.sigmoid(chosen - rejected)).mean(),
            "You take 1 - p. To be surely wrong then costs hardly more than to be unsure; -ln p has no upper end.",
        ),
        "each by itself": (
            lambda chosen, rejected: -(F.logsigmoid(chosen) + F.logsigmoid(-rejected)).mean(),
            "You judge each reply by itself, as if 0 were a mark between good and bad. The readers have only compared, "
            "so only the difference means something.",
        ),
    },
    hints=[
        "A reader prefers the first reply with probability sigmoid(difference of the rewards). The loss is -ln p.",
        "Subtract first, then the sigmoid, then the logarithm, then the mean over the pairs.",
        "`F.logsigmoid(x)` is ln sigmoid(x), and finite for every x.",
        "`-F.logsigmoid(chosen - rejected).mean()`.",
    ],
)
