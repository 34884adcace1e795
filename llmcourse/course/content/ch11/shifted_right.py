"""Exercise: what the decoder reads while it writes."""
# mypy: allow-untyped-defs, allow-incomplete-defs

from llmcourse.course.exercise import Exercise
from llmcourse.training.continuation import shifted_right


def is_as_long(trial):
    answer = trial.inputs[0]
    if len(trial.result) != len(answer):
        return (
            f"You return {len(trial.result)} ids {trial.case}, for an answer of {len(answer)}. The decoder reads one "
            "token for each that it writes."
        )
    return None


SHIFTED_RIGHT = Exercise(
    key="shifted_right",
    title="Shift right",
    task="Write `shifted_right(answer, bos_id)`: the list of ids that the decoder reads, when the list `answer` is "
    "what it should write. At each place it may know all ids of the answer before that one, and no other.",
    difficulty=1,
    minutes=5,
    answer=shifted_right,
    cases={
        "for *Mia . <eos>*": lambda draw: ([17, 4, 2], 1),
        "for a longer answer": lambda draw: (draw.integers(5, 90, 8).tolist(), 1),
        "for T5, which starts with its padding": lambda draw: ([17, 4, 2], 0),
        "for one token": lambda draw: ([2], 1),
    },
    tests=[is_as_long],
    known_mistakes={
        "nothing dropped": (
            lambda answer, bos_id: [bos_id, *answer],
            "The decoder reads one token for each that it writes.",
        ),
        "not shifted": (
            lambda answer, bos_id: list(answer),
            "You give the decoder the very token that it should write, at the place where it should write it. It would "
            "learn to copy what it sees, and have nothing to copy when it writes by itself.",
        ),
        "left": (
            lambda answer, bos_id: [*answer[1:], bos_id],
            "You shift to the left: at the first place the decoder already sees the second token of the answer.",
        ),
        "rolled": (
            lambda answer, bos_id: [answer[-1], *answer[:-1]],
            "You begin with the answer's last token. There is a token for beginnings: `bos_id`.",
        ),
    },
    hints=[
        "For *Mia . <eos>*: what has been written before *Mia*? Nothing, and *nothing* has a token of its own.",
        "Before the full stop *Mia* has been written, before <eos> *Mia .*. Which token of the answer is never read?",
        "A new list: `bos_id`, then all of `answer` but the last.",
        "`[bos_id, *answer[:-1]]`.",
    ],
)
