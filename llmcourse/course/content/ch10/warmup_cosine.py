"""Exercise: the learning rate, with warm-up and cosine."""
# mypy: allow-untyped-defs, allow-incomplete-defs

import math

from llmcourse.course.exercise import Exercise
from llmcourse.training.schedules import warmup_cosine


def starts_at_zero(trial):
    step, _, warmup, _ = trial.inputs
    if step == 0 and warmup > 0 and abs(trial.result) > 1e-9:
        return f"At step 0 of a warm-up the multiplier should be 0; yours is {float(trial.result):.3g}."
    return None


def stays_between_0_and_1(trial):
    if not -1e-9 <= trial.result <= 1 + 1e-9:
        return f"The multiplier should stay between 0 and 1; {trial.case} it is {float(trial.result):.3g}."
    return None


def schedule_with(rise=lambda progress, warmup: progress / warmup, fall=None):
    """A schedule with another way up or down: to write a mistake in a line."""

    def schedule(step, total, warmup, final):
        progress = step / total
        if progress < warmup:
            return rise(progress, warmup)
        way_down = min(1.0, (progress - warmup) / (1 - warmup))
        return fall(progress, way_down, final) if fall else final + (1 - final) * (1 + math.cos(math.pi * way_down)) / 2

    return schedule


def schedule_counting_steps(step, total, warmup, final):
    way_down = min(1.0, max(0.0, (step - warmup) / (total - warmup)))
    return step / warmup if step < warmup else final + (1 - final) * (1 + math.cos(math.pi * way_down)) / 2


WARMUP_COSINE = Exercise(
    key="warmup_cosine",
    title="Warm-up and cosine",
    task="Write `warmup_cosine(step, total, warmup, final)`: what the peak learning rate is multiplied by. It rises "
    "from 0 to 1 during the fraction `warmup` of the run, and falls along half a cosine to `final` at its end.",
    difficulty=2,
    minutes=15,
    answer=warmup_cosine,
    cases={
        "at the very beginning": lambda draw: (0, 100, 0.1, 0.1),
        "in the middle of the warm-up": lambda draw: (5, 100, 0.1, 0.1),
        "at the peak": lambda draw: (10, 100, 0.1, 0.1),
        "halfway down": lambda draw: (55, 100, 0.1, 0.1),
        "a quarter of the way down": lambda draw: (65, 200, 0.1, 0.2),
        "at the end": lambda draw: (100, 100, 0.1, 0.1),
        "without a warm-up": lambda draw: (0, 100, 0.0, 0.1),
        "after the end": lambda draw: (130, 100, 0.1, 0.1),
    },
    tests=[starts_at_zero, stays_between_0_and_1],
    known_mistakes={
        "no warm-up": (
            schedule_with(rise=lambda progress, warmup: 1.0),
            "There is no warm-up: you begin at the peak, while Adam's averages are still made of a few noisy "
            "gradients.",
        ),
        "falls to zero": (
            schedule_with(fall=lambda progress, way, final: (1 + math.cos(math.pi * way)) / 2),
            "Your curve ends at 0. It should end at `final`, so that the last steps still learn a little.",
        ),
        "cosine from the start of the run": (
            schedule_with(
                fall=lambda progress, way, final: final + (1 - final) * (1 + math.cos(math.pi * min(1.0, progress))) / 2
            ),
            "Your cosine begins at step 0 instead of at the end of the warm-up, so the curve jumps down where they "
            "meet. How far down should it be when the warm-up ends?",
        ),
        "straight down": (
            schedule_with(fall=lambda progress, way, final: 1 - (1 - final) * way),
            "You go straight down. A cosine leaves the peak slowly and arrives slowly.",
        ),
        "a whole cosine": (
            schedule_with(
                fall=lambda progress, way, final: final + (1 - final) * (1 + math.cos(2 * math.pi * way)) / 2
            ),
            "Yours goes down and up again: that is a whole cosine, 2π. Half of one is asked for.",
        ),
        "cosine not lifted": (
            schedule_with(fall=lambda progress, way, final: final + (1 - final) * math.cos(math.pi * way)),
            "A cosine runs from 1 to -1, and yours goes below 0: the model would climb the loss. How do you bring it "
            "between 0 and 1?",
        ),
        "warm-up in steps": (
            schedule_counting_steps,
            "You treat `warmup` as a number of steps. It is a fraction of the run: 0.1 of 100 steps are 10 steps.",
        ),
        "quarter of a cosine": (
            schedule_with(fall=lambda progress, way, final: final + (1 - final) * math.cos(math.pi / 2 * way)),
            "You use the first quarter of a cosine, which hits the end at full speed. With half of one it arrives "
            "slowly.",
        ),
    },
    hints=[
        "Begin with `progress = step / total`. In which of the two parts of the run are we?",
        "During the warm-up it is a straight line: 0 at the start, 1 when `progress` reaches `warmup`.",
        "After it, let `way` run from 0 to 1: `(progress - warmup) / (1 - warmup)`, and no further than 1.",
        "`(1 + math.cos(math.pi * way)) / 2` falls from 1 to 0. Stretch it, so that it falls from 1 to `final`.",
    ],
)
