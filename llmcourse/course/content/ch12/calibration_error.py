"""Exercise: does it know what it does not know?"""
# mypy: allow-untyped-defs, allow-incomplete-defs

import torch

from llmcourse.analysis.calibration import calibration_error
from llmcourse.course.exercise import Exercise


def is_a_share(trial):
    try:
        value = float(trial.result)
    except (TypeError, ValueError, RuntimeError):
        return "Return one number for all guesses together."
    if not 0 <= value <= 1:
        return f"Your error is {value:.3g} {trial.case}: differences of shares lie between 0 and 1."
    return None


def in_bins(confidence, right, n_bins, of_bin, weigh=lambda count, total: count / total):
    number = (confidence * n_bins).long().clamp(max=n_bins - 1)
    total = 0.0
    filled = [number == n for n in range(n_bins) if (number == n).any()]
    for some in filled:
        total += weigh(int(some.sum()), len(confidence)) * of_bin(confidence[some], right[some].float())
    return float(total)


def gap(confidence, right):
    return abs(confidence.mean() - right.mean())


def without_bins(confidence, right, n_bins=10):
    return float(abs(confidence.mean() - right.float().mean()))


def each_guess(confidence, right, n_bins=10):
    return float((confidence - right.float()).abs().mean())


def bins_alike(confidence, right, n_bins=10):
    number = (confidence * n_bins).long().clamp(max=n_bins - 1)
    filled = len(number.unique())
    return in_bins(confidence, right, n_bins, gap, lambda count, total: 1 / filled)


def ones_lost(confidence, right, n_bins=10):
    number = (confidence * n_bins).long()
    below = number < n_bins
    total = 0.0
    for n in range(n_bins):
        some = number == n
        if some.any():
            total += int(some.sum()) / len(confidence) * gap(confidence[some], right[some].float())
    return float(total) if below.any() else 0.0


def draw_guesses(draw, count, too_sure):
    confidence = 0.5 + 0.5 * torch.rand(count, generator=draw.generator)
    right = torch.rand(count, generator=draw.generator) < confidence - too_sure
    return confidence, right


CALIBRATION_ERROR = Exercise(
    key="calibration_error",
    title="How far confidence and truth lie apart",
    task="Write `calibration_error(confidence, right, n_bins=10)`: sort the guesses into bins of equal width by their "
    "confidence, and return the distance between mean confidence and share right, averaged over the guesses.",
    difficulty=2,
    minutes=15,
    answer=calibration_error,
    cases={
        "for four guesses": lambda draw: (
            torch.tensor([0.95, 0.95, 0.55, 0.55]),
            torch.tensor([True, False, True, True]),
        ),
        "for guesses that are too sure": lambda draw: draw_guesses(draw, 200, 0.3),
        "for bins of very different size": lambda draw: (
            torch.tensor([0.95] * 9 + [0.65]),
            torch.tensor([True] * 9 + [False]),
        ),
        "with a confidence of exactly 1": lambda draw: (
            torch.tensor([1.0, 1.0, 0.75]),
            torch.tensor([True, False, True]),
        ),
        "with five bins": lambda draw: (*draw_guesses(draw, 100, 0.1), 5),
    },
    tests=[is_a_share],
    known_mistakes={
        "without bins": (
            without_bins,
            "Too sure here and not sure enough there cancel in your sum. Sort the guesses into bins first, and take "
            "each bin's distance without its sign.",
        ),
        "each guess alone": (
            each_guess,
            "You compare each guess with its own outcome. One that is 75% sure is always wrong by a quarter that way, "
            "also when three of four such guesses are right. Average within the bin first.",
        ),
        "bins alike": (
            bins_alike,
            "You average over the bins. A bin with one guess then counts as much as one with a hundred: weigh each bin "
            "by its guesses.",
        ),
        "the surest are lost": (
            ones_lost,
            "A confidence of exactly 1 falls into none of your bins. It belongs to the last one.",
        ),
    },
    tolerance=1e-4,
    hints=[
        "The bin of a guess is `(confidence * n_bins).long()`; exactly 1 would be one bin too far, so "
        "`.clamp(max=n_bins - 1)`.",
        "For each bin that is not empty: `confidence[some].mean()` and `right[some].float().mean()`, where `some` is "
        "True for its guesses.",
        "The bin adds the absolute difference of the two, times the number of its guesses.",
        "Divide the sum by the number of all guesses, `len(confidence)`, and return a plain number.",
    ],
)
