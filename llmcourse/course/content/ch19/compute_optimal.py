"""Exercise: the best split of a budget."""
# mypy: allow-untyped-defs, allow-incomplete-defs

from llmcourse.analysis.calculator import BESIROGLU, HOFFMANN, compute_optimal
from llmcourse.analysis.scaling import ScalingLaw
from llmcourse.course.exercise import Exercise


def returns_two(trial):
    if not isinstance(trial.result, tuple | list) or len(trial.result) != 2:
        return "Return two numbers, in this order: parameters and tokens."
    return None


def spends_the_budget(trial):
    parameters, tokens = trial.result
    spent = 6 * parameters * tokens / trial.inputs[1]
    if abs(spent - 1) > 1e-6:
        return f"6·N·D comes to {spent:.3g} times the budget {trial.case}; it should be all of it."
    return None


def loses_least(trial):
    law, flops = trial.inputs
    parameters = trial.result[0]
    here = law.loss(*trial.result)
    for factor, name in ((0.9, "smaller"), (1.1, "larger")):
        other = parameters * factor
        if law.loss(other, flops / 6 / other) < here - 1e-12:
            return f"With the same budget a {name} model would lose less {trial.case}."
    return None


def with_change(power="beta", upside_down=False, six=6, exponents=True):
    def split(law, flops):
        together = law.alpha + law.beta
        prices = law.alpha * law.a / (law.beta * law.b) if exponents else law.a / law.b
        balance = (1 / prices if upside_down else prices) ** (1 / together)
        parameters = balance * (flops / six) ** (getattr(law, power) / together)
        return parameters, flops / six / parameters

    return split


COMPUTE_OPTIMAL = Exercise(
    key="compute_optimal",
    title="The best split of a budget",
    task="Write `compute_optimal(law, flops)`: the parameters N and tokens D, with 6·N·D = `flops`, for which the law "
    "(`law.a`, `law.alpha`, `law.b`, `law.beta`) promises the lowest loss.",
    difficulty=2,
    minutes=20,
    answer=compute_optimal,
    cases={
        "for equal prices": lambda draw: (ScalingLaw(1.0, 10.0, 0.5, 10.0, 0.5), 6e6),
        "for a dear size": lambda draw: (ScalingLaw(1.0, 40.0, 0.5, 10.0, 0.4), 6e6),
        "for Hoffmann's law and Gopher's budget": lambda draw: (HOFFMANN, 5.76e23),
        "for Besiroglu's law": lambda draw: (BESIROGLU, 1e20),
    },
    tests=[returns_two, spends_the_budget, loses_least],
    known_mistakes={
        "no six": (
            with_change(six=1),
            "You spend N·D = C. Each parameter costs six operations for each token: 6·N·D = C.",
        ),
        "the other exponent": (
            with_change(power="alpha"),
            "Your exponents are the wrong way round: N grows by C to the power of *beta* / (alpha + beta). If size is "
            "quick to pay off (a large alpha), little of it is enough.",
        ),
        "prices upside down": (
            with_change(upside_down=True),
            "Your ratio is upside down: the larger A, the price of being small, the larger N should be.",
        ),
        "without the exponents in front": (
            with_change(exponents=False),
            "You set the two prices A/N^alpha and B/D^beta equal. At the best split not the prices are equal but what "
            "one more per cent of N saves and of D: alpha·A/N^alpha = beta·B/D^beta.",
        ),
        "half and half": (
            lambda law, flops: ((flops / 6) ** 0.5, (flops / 6) ** 0.5),
            "You make N and D equal, whatever the law says. That is right only if both prices are the same.",
        ),
        "twenty tokens": (
            lambda law, flops: ((flops / 120) ** 0.5, 20 * (flops / 120) ** 0.5),
            "Twenty tokens for a parameter is a rule of thumb for one law. Here another law may be given.",
        ),
    },
    hints=[
        "With the budget fixed, D = C / (6·N): the loss depends on N alone. Where is its slope 0?",
        "Make N one per cent larger: A/N^alpha falls by alpha per cent of itself, B/D^beta rises by beta per cent of "
        "itself. At the best place the two are equal.",
        "alpha·A/N^alpha = beta·B/D^beta, with D = C/(6·N). Solve for N.",
        "N = (alpha·A / (beta·B))^(1/(alpha+beta)) · (C/6)^(beta/(alpha+beta)), and D = C / 6 / N.",
    ],
)
