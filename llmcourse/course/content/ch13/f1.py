"""Exercise: half right is not wrong."""
# mypy: allow-untyped-defs, allow-incomplete-defs

from collections import Counter

from llmcourse.analysis.squad_scores import f1_of_two, normalize_answer
from llmcourse.course.exercise import Exercise


def a_share(trial):
    result = trial.result
    if isinstance(result, bool) or not isinstance(result, int | float):
        return "Return one number."
    if not 0 <= result <= 1:
        return f"You return {result:.3g} {trial.case}. F1 lies between 0 and 1."
    return None


def same_both_ways(trial):
    prediction, answer = trial.inputs
    if abs(trial.call(answer, prediction) - trial.result) > 1e-9:
        return (
            f"Exchange prediction and answer, and your F1 changes {trial.case}. Precision and recall change places "
            f"then, "
            "and their harmonic mean stays the same."
        )
    return None


def with_common(count, combine, empty=lambda said, wanted: float(said == wanted)):
    """F1 with another way to count what is common, or to combine P and R: to write a mistake in a line."""

    def mistake(prediction, answer):
        said, wanted = normalize_answer(prediction).split(), normalize_answer(answer).split()
        if not said or not wanted:
            return empty(said, wanted)
        common = count(said, wanted)
        return combine(common / len(said), common / len(wanted))

    return mistake


def bag(said, wanted):
    return sum((Counter(said) & Counter(wanted)).values())


def harmonic(precision, recall):
    return 2 * precision * recall / (precision + recall) if precision + recall else 0.0


def as_written(prediction, answer):
    said, wanted = prediction.split(), answer.split()
    if not said or not wanted:
        return float(said == wanted)
    common = bag(said, wanted)
    return harmonic(common / len(said), common / len(wanted))


F1 = Exercise(
    key="f1_of_two",
    title="Half right is not wrong",
    task="Write `f1_of_two(prediction, answer)`: with the words of both after `normalize_answer`, and those in "
    "common, a "
    "word as often as both have it, return `2 * P * R / (P + R)`, where `P` is their share of the prediction's "
    "words, and "
    "`R` of the answer's. Two empty texts agree: 1. One empty text, or nothing in common: 0.",
    difficulty=2,
    minutes=15,
    answer=f1_of_two,
    cases={
        "for the same words": lambda draw: ("The golden ring.", "golden ring"),
        "for a part of the answer": lambda draw: ("ring", "golden ring"),
        "for more than the answer": lambda draw: ("golden ring of Mia", "ring"),
        "for nothing in common": lambda draw: ("stone", "ring"),
        "for a word said twice": lambda draw: ("ring ring", "golden ring"),
        "for a word twice in both": lambda draw: ("one by one by night", "one by one"),
        "for two empty texts": lambda draw: ("", ""),
        "for nothing where an answer is": lambda draw: ("", "ring"),
        "for an answer where nothing is": lambda draw: ("ring", "the"),
    },
    tests=[a_share, same_both_ways],
    known_mistakes={
        "sets": (
            with_common(lambda said, wanted: len(set(said) & set(wanted)), harmonic),
            "You count a word once, however often both have it. `Counter(said) & Counter(wanted)` keeps the smaller of "
            "the two numbers of each word.",
        ),
        "every time it is said": (
            with_common(lambda said, wanted: sum(word in wanted for word in said), harmonic),
            "You count a word each time that the prediction says it. Saying it again would raise the score.",
        ),
        "empty is wrong": (
            with_common(bag, harmonic, empty=lambda said, wanted: 0.0),
            "You give 0 to two empty texts. Where there is no answer, to say nothing is right, and F1 is 1.",
        ),
        "mean": (
            with_common(bag, lambda precision, recall: (precision + recall) / 2),
            "You take the plain mean of precision and recall. F1 is the harmonic one: it is low if either of them is.",
        ),
        "recall": (
            with_common(bag, lambda precision, recall: recall),
            "You look at recall alone: whoever answers with the whole story would get a 1.",
        ),
        "as written": (
            as_written,
            "You compare the words as they are written. Articles, marks and capitals do not count: normalize both "
            "texts.",
        ),
    },
    hints=[
        "`normalize_answer(prediction).split()` is a list of words, and so for the answer. Look at empty lists first.",
        "`Counter(said) & Counter(wanted)` holds each word with the smaller of its two numbers; sum its `values()`.",
        "Nothing in common gives P = R = 0, and 0/0: return 0.0 before you divide.",
        "`precision, recall = common / len(said), common / len(wanted)`.",
    ],
)
