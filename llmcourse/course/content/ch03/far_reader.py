"""An open task: a model that is right far beyond the rows that it learned from."""
# mypy: allow-untyped-defs, allow-incomplete-defs

from llmcourse.analysis.order_task import LONGEST, TRAINED_LENGTH, accuracy, beyond, learn
from llmcourse.course.open_task import open_task

GOAL = 0.98
FAR = 4 * TRAINED_LENGTH


def reads_ids(trial):
    if not callable(trial.result):
        return f"Give it the trained model; this is a {type(trial.result).__name__}."
    return None


def is_right_near_and_far(trial):
    measured = accuracy(trial.result)
    near, far = beyond(measured, 0, TRAINED_LENGTH), beyond(measured, FAR)
    if near < GOAL:
        return f"It is right on {near:.1%} within the trained length; the goal is {GOAL:.0%}. First it has to learn."
    if far < GOAL:
        where = f"from position {FAR} to {LONGEST - 1}"
        return f"It is right on {near:.1%} near the beginning and on {far:.1%} {where}; the goal is {GOAL:.0%} in both."
    return None


FAR_READER = open_task(
    key="far_reader",
    title="Right at eight times the length",
    task=f"Make a model that learns from rows of {TRAINED_LENGTH}, and names the last name right in at least "
    f"{GOAL:.0%} of the cases, both there and from position {FAR} to {LONGEST - 1}.",
    minutes=25,
    kind=learn,
    judged="on new rows",
    tests=[reads_ids, is_right_near_and_far],
    hints=[
        'Section 8 shows which kind of positions holds. `learn("alibi")` is nearly there: what limits it?',
        "A head's slope decides how far it sees. More heads are more slopes: `n_heads=8`. And one layer is not much.",
        "Or take the rotary model and forbid it the distances that it never saw. `far_reader` may be any function from "
        "ids to logits, such as `lambda ids: model(ids, mask=…)`.",
        '`learn("alibi", n_heads=8, n_layers=2)` is one answer. Look for another.',
    ],
    solution_code="""
from llmcourse.analysis.order_task import learn

far_reader = learn("alibi", n_heads=8, n_layers=2, steps=150)
""",
)
