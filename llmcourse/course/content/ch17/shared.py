"""What the exercises of notebook 17 share: logits to try an answer on, and tests that hold for every truncation."""
# mypy: allow-untyped-defs, allow-incomplete-defs

import math

import torch


def logs(*probabilities):
    """Logits of these probabilities."""
    return torch.tensor(probabilities).log()


def same_shape(trial):
    if not isinstance(trial.result, torch.Tensor) or trial.result.shape != trial.inputs[0].shape:
        return f"Return logits of the same shape as those given, {tuple(trial.inputs[0].shape)} {trial.case}."
    return None


def ruled_out_is_minus_infinity(trial):
    """What has gone must have probability 0."""
    before, after = trial.inputs[0], trial.result
    changed = (after != before) & (after != -math.inf)
    if changed.any():
        return f"A logit either stays as it is or becomes -inf; some of yours became other numbers {trial.case}."
    return None


def something_stays(trial):
    if (trial.result == -math.inf).all(-1).any():
        return f"Nothing is left to draw from {trial.case}: the likeliest candidate has to stay, whatever the setting."
    return None


TRUNCATION_TESTS = [same_shape, ruled_out_is_minus_infinity, something_stays]


def keep(logits, stays):
    return logits.masked_fill(~stays, -math.inf)


def back_to_ids(stays_by_rank, by_rank):
    return torch.zeros_like(stays_by_rank).scatter(-1, by_rank, stays_by_rank)
