"""Exercise: what is wrong with a file."""
# mypy: allow-untyped-defs, allow-incomplete-defs

import math

from llmcourse.course.exercise import Exercise
from llmcourse.model.hub.tensors import first_problem

WANTED = {"embed.weight": (61, 24), "layer.0.w.weight": (24, 24), "layer.1.w.weight": (24, 24), "norm.weight": (24,)}


def found(remove=(), **changed):
    tensors = {**WANTED, **{name.replace("__", "."): shape for name, shape in changed.items()}}
    return {name: shape for name, shape in tensors.items() if name not in remove}


def none_or_pair(trial):
    if trial.result is not None and not (isinstance(trial.result, tuple | list) and len(trial.result) == 2):
        return "Return None, or two texts: what is wrong, and the name of the tensor."
    if trial.result is None and trial.expected is not None:
        return f"You find nothing wrong {trial.case}, and there is: {trial.expected[0]!r}, {trial.expected[1]!r}."
    if trial.result is not None and trial.expected is None:
        return f"All is well {trial.case}, and you complain: {tuple(trial.result)}."
    return None


def strict_about_names(wanted, found):
    problem = first_problem(wanted, found)
    if problem is None and "lm_head.weight" in found and "lm_head.weight" not in wanted:
        return "no place", "lm_head.weight"
    return problem


def forgiving_head(wanted, found):
    problem = first_problem(wanted, found)
    return None if problem == ("missing", "lm_head.weight") else problem


def by_number_of_values(wanted, found):
    problem = first_problem(wanted, found)
    if problem and problem[0] == "shape":
        wrong = [name for name in wanted if math.prod(wanted[name]) != math.prod(found[name])]
        return ("shape", wrong[0]) if wrong else None
    return problem


def does_not_look_for_more(wanted, found):
    problem = first_problem(wanted, found)
    return None if problem and problem[0] == "no place" else problem


def two_tables(wanted=True, there=True):
    """A model with a table of its own for writing, or not, and a file that has one, or not."""
    return (
        {**WANTED, **({"lm_head.weight": (61, 24)} if wanted else {})},
        found(**({"lm_head__weight": (61, 24)} if there else {})),
    )


PROBLEM = Exercise(
    key="problem",
    title="What is wrong with this file?",
    task="Write `first_problem(wanted, found)`: two dicts from names to shapes. It returns None, or what is wrong "
    '(`"missing"`, `"shape"`, `"no place"`, looked for in this order) and the name of the tensor.',
    difficulty=2,
    minutes=15,
    answer=first_problem,
    cases={
        "for a file that fits": lambda draw: (WANTED, found()),
        "for a file that lacks a tensor": lambda draw: (WANTED, found(remove=["layer.1.w.weight"])),
        "for a table that was turned": lambda draw: (WANTED, found(embed__weight=(24, 61))),
        "for a file with a layer too many": lambda draw: (WANTED, found(layer__2__w__weight=(24, 24))),
        "where a tensor is missing and an earlier one has another shape": lambda draw: (
            WANTED,
            found(remove=["norm.weight"], embed__weight=(60, 24)),
        ),
        "where the table for writing is the one for reading, and has its second name in the file": lambda draw: (
            two_tables(wanted=False)
        ),
        "where a table for writing is wanted and there": lambda draw: two_tables(),
        "where a table for writing is wanted and not there": lambda draw: two_tables(there=False),
    },
    tests=[none_or_pair],
    known_mistakes={
        "the second name is refused": (
            strict_about_names,
            "A tied model has one table, which reads and writes. Some files hold it under both names; "
            "`lm_head.weight` is then no stranger.",
        ),
        "the head is forgiven": (
            forgiving_head,
            "You let a missing `lm_head.weight` pass. Where it is wanted, nothing else can take its place: without it "
            "the model would write at random.",
        ),
        "by number of values": (
            by_number_of_values,
            "You compare how many numbers there are. A table that was turned has as many as before, in the wrong "
            "places: compare the shapes.",
        ),
        "nothing is too much": (
            does_not_look_for_more,
            "You look for what is wanted, and not at what is more. A layer too many means that the config belongs to "
            "another model.",
        ),
    },
    hints=[
        "Three loops, one after the other: over `wanted` for names, again for shapes, then over `found` for the rest.",
        "Each loop returns at once when it finds something. Only after the third may you return None.",
        'In the third loop skip one name: `if name not in wanted and name != "lm_head.weight"`.',
    ],
)
