"""Exercise: the loss of direct preference optimization."""
# mypy: allow-untyped-defs, allow-incomplete-defs

import torch
import torch.nn.functional as F

from llmcourse.course.exercise import Exercise
from llmcourse.training.dpo import dpo_loss


def is_one_number(trial):
    if not isinstance(trial.result, torch.Tensor) or trial.result.dim() > 0:
        return "The loss is one number for all pairs, as a tensor without dimensions, fit for `backward()`."
    return None


def begins_at_ln_2(trial):
    _, _, before_chosen, before_rejected, beta = trial.inputs
    at_first = trial.call(before_chosen, before_rejected, before_chosen, before_rejected, beta)
    if not torch.allclose(at_first, torch.tensor(0.6931), atol=1e-3):
        return (
            "Before the first step model and reference are the same. Then neither reply has gained anything, and your "
            f"loss should be ln 2 = 0.693, not {at_first.item():.3g}."
        )
    return None


def log_probs(draw, n, size=30.0):
    reference = [-size + 5 * draw(n) for _ in range(2)]
    policy = [log_prob + 3 * draw(n) for log_prob in reference]
    return (*policy, *reference)


DPO = Exercise(
    key="dpo",
    title="The loss of DPO",
    task="Write `dpo_loss(chosen, rejected, reference_chosen, reference_rejected, beta)`, where all but `beta` are "
    "ln p of whole replies: the loss of Bradley and Terry with beta ln p / p_ref as the reward.",
    difficulty=2,
    minutes=15,
    answer=dpo_loss,
    cases={
        "for one pair": lambda draw: (
            torch.tensor([-10.0]),
            torch.tensor([-14.0]),
            torch.tensor([-12.0]),
            torch.tensor([-12.0]),
            0.5,
        ),
        "for random pairs": lambda draw: (*log_probs(draw, 6), 0.3),
        "for a tight leash": lambda draw: (*log_probs(draw, 5), 2.0),
        "for a loose leash": lambda draw: (*log_probs(draw, 5), 0.05),
    },
    tests=[is_one_number, begins_at_ln_2],
    known_mistakes={
        "no reference": (
            lambda c, r, ref_c, ref_r, beta: -F.logsigmoid(beta * (c - r)).mean(),
            "You leave the reference out. The model would be pushed even where the chosen reply was likelier from the "
            "start, and nothing says how far it has moved.",
        ),
        "swapped": (
            lambda c, r, ref_c, ref_r, beta: dpo_loss(r, c, ref_r, ref_c, beta),
            "Chosen and rejected are swapped: your loss falls as the rejected reply becomes likelier.",
        ),
        "beta outside": (
            lambda c, r, ref_c, ref_r, beta: -beta * F.logsigmoid((c - ref_c) - (r - ref_r)).mean(),
            "Your beta stands before the loss. There it only changes the size of the steps; inside the sigmoid it says "
            "how far the model may go before a pair counts as settled.",
        ),
        "divided by beta": (
            lambda c, r, ref_c, ref_r, beta: dpo_loss(c, r, ref_c, ref_r, 1 / beta),
            "You divide by beta. In the formula for p the reward is divided by beta; turned around to give the reward, "
            "ln p / p_ref is *multiplied* by it.",
        ),
        "no minus": (
            lambda c, r, ref_c, ref_r, beta: -dpo_loss(c, r, ref_c, ref_r, beta),
            "Your loss is negative: a sign is missing, and training would drive it the wrong way.",
        ),
        "reference added": (
            lambda c, r, ref_c, ref_r, beta: -F.logsigmoid(beta * ((c - r) + (ref_c - ref_r))).mean(),
            "You add what the reference thinks. It has to be taken off: only what the model has gained on the "
            "reference is reward.",
        ),
        "sum": (
            lambda c, r, ref_c, ref_r, beta: dpo_loss(c, r, ref_c, ref_r, beta) * len(c),
            "You take the sum over the pairs. The mean can be compared between batches.",
        ),
    },
    hints=[
        "First the two rewards: how much likelier has each reply become, times beta?",
        "A ratio of probabilities is a difference of logarithms: ln p / p_ref = ln p - ln p_ref.",
        "Then the loss is the one of the reward model: -ln sigmoid of the difference of the two rewards.",
        "`-F.logsigmoid(beta * ((chosen - reference_chosen) - (rejected - reference_rejected))).mean()`.",
    ],
)
