"""An open task: much recall from a small memory."""
# mypy: allow-untyped-defs, allow-incomplete-defs

from llmcourse.analysis.recall_task import MOST_PAIRS, RecallModel, recall_accuracy
from llmcourse.course.open_task import open_task

MOST_NUMBERS = 1024
AT_LEAST = 0.85


def remembers_little(trial):
    model = trial.result
    if model.kind not in ("linear", "state space"):
        return (
            f"A model of the kind {model.kind!r} keeps keys and values of every token it can reach. Take one whose "
            "memory has one size: 'linear' or 'state space'."
        )
    numbers = model.key.embedding_dim * model.d_state
    if numbers > MOST_NUMBERS:
        return f"Its state holds {numbers:,} numbers; at most {MOST_NUMBERS:,} are allowed. It is d_state · d_model."
    return None


def recalls(trial):
    right = recall_accuracy(trial.result)
    if right < AT_LEAST:
        return (
            f"It answers {100 * right:.0f}% of the questions about {MOST_PAIRS} pairs; the goal is "
            f"{100 * AT_LEAST:.0f}%. Give it more of its state as d_state, or more steps."
        )
    return None


SMALL_MEMORY = open_task(
    key="small_memory",
    title="Much from a small memory",
    task=f"Train a `RecallModel` whose state holds at most {MOST_NUMBERS:,} numbers and that answers at least "
    f"{100 * AT_LEAST:.0f}% of the questions about {MOST_PAIRS} pairs; then check the model itself.",
    minutes=25,
    kind=RecallModel,
    judged="on new rows",
    tests=[remembers_little, recalls],
    hints=[
        "The state is d_state · d_model numbers. `train_recall` takes both, besides the kind and the operations.",
        "Keys that are wider get less in each other's way; values need only tell 16 symbols apart.",
        "It is a matter of training too: try four times the operations of section 6, with d_state=32 and d_model=32.",
    ],
    solution_code="""
from llmcourse.analysis.recall_task import RecallModel, train_recall, training_operations

much = 1300 * training_operations(RecallModel("full"))
small_memory, steps = train_recall("state space", much, d_state=32)
""",
)
