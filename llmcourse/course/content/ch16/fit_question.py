"""Exercise: cut a text that is too long, and leave the question whole."""
# mypy: allow-untyped-defs, allow-incomplete-defs

from llmcourse.course.exercise import Exercise
from llmcourse.inference.inputs import fit_question


def a_list_that_fits(trial):
    result = trial.result
    if not isinstance(result, list | tuple):
        return f"Return a list of ids, and not an object of type {type(result).__name__}."
    if len(result) > trial.inputs[2]:
        return f"You return {len(result)} ids {trial.case}; at most {trial.inputs[2]} are allowed."
    return None


def cut(context, question, size, keep):
    return fit_question(context, question, size, keep)


def one_cut(context, question, size, keep):
    whole = [*context, *question]
    return whole[-size:] if keep == "end" else whole[:size]


def always_the_room(context, question, size, keep):
    room = size - len(question)
    start = len(context) - room
    return [*(context[start:] if keep == "end" else context[:room]), *question]


FIT_QUESTION = Exercise(
    key="fit_question",
    title="The question stays whole",
    task="Write `fit_question(context, question, size, keep)`: the ids of the context and, behind it, all of the "
    "question, in at most `size` ids. What is too much goes from the context: with `keep='end'` its end stays, with "
    "`keep='beginning'` its beginning.",
    difficulty=2,
    minutes=15,
    answer=fit_question,
    cases={
        "where all fits": lambda draw: ([5, 6, 7], [8, 9], 9, "end"),
        "where all fits exactly": lambda draw: ([5, 6, 7], [8, 9], 5, "beginning"),
        "with one id too many, for the end": lambda draw: ([5, 6, 7, 4], [8, 9], 5, "end"),
        "for the beginning of ten": lambda draw: (list(range(10, 20)), [1, 2, 3], 7, "beginning"),
        "for the end of ten": lambda draw: (list(range(10, 20)), [1, 2, 3], 7, "end"),
        "for a short context": lambda draw: ([5, 6, 7], [8, 9], 6, "end"),
        "without a context": lambda draw: ([], [8, 9], 2, "end"),
    },
    tests=[a_list_that_fits],
    known_mistakes={
        "one cut": (
            one_cut,
            "You put both together and cut once. Cut from the back, and the question is gone before any of the text "
            "is: "
            "first find out how much room the question leaves.",
        ),
        "the other end": (
            lambda context, question, size, keep: cut(
                context, question, size, "end" if keep == "beginning" else "beginning"
            ),
            "You keep the wrong part: `keep` says what stays, not what goes.",
        ),
        "always the beginning": (
            lambda context, question, size, keep: cut(context, question, size, "beginning"),
            "You always keep the beginning. With `keep='end'` the last ids of the context stay.",
        ),
        "question in front": (
            lambda context, question, size, keep: [
                *question,
                *cut(context, question, size, keep)[: -len(question)],
            ],
            "Your question stands in front. This model was trained with it behind the text, and knows no other order.",
        ),
        "one too few": (
            lambda context, question, size, keep: (
                cut(context, question, max(len(question), size - 1), keep)
                if len(context) + len(question) >= size and context
                else cut(context, question, size, keep)
            ),
            "You leave out one id too many: exactly `size` ids are allowed.",
        ),
        "negative start": (
            always_the_room,
            "Your slice begins at a negative place when the context is shorter than its room: Python then counts from "
            "the end, and leaves ids out. A start is never below 0.",
        ),
    },
    hints=[
        "How much room is left for the context when all of the question has to go in? `size - len(question)`.",
        "The beginning is easy: `context[:room]`. If there is more room than context, a slice just ends.",
        "For the end, count from the front: of n ids the last `room` begin at `n - room`. What if that is below 0?",
        "`start = max(0, len(context) - room)`, and then `[*context[start:], *question]`.",
    ],
)
