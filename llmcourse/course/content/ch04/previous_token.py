"""A head made by hand: an open task, judged by what the head attends to."""
# mypy: allow-untyped-defs, allow-incomplete-defs

import torch

from llmcourse.analysis.handmade import previous_token_head
from llmcourse.course.exercise import Exercise
from llmcourse.model.attention import causal_mask, scaled_dot_product_attention


def two_matrices_of_one_width(trial):
    (n,) = trial.inputs
    pair = trial.result
    if not isinstance(pair, tuple | list) or len(pair) != 2:
        return "Return two matrices, in this order: the queries and the keys."
    if any(not isinstance(matrix, torch.Tensor) or matrix.ndim != 2 or len(matrix) != n for matrix in pair):
        return f"Queries and keys are matrices with a row for each token; {trial.case} that is {n} rows."
    if pair[0].shape != pair[1].shape:
        widths = f"{pair[0].shape[1]} and {pair[1].shape[1]}"
        return f"Queries and keys must be equally wide, or there is no dot product; yours are {widths} wide."
    return None


def nearly_all_weight_on_the_token_before(trial):
    q, k = (matrix.float() for matrix in trial.result)
    _, weights = scaled_dot_product_attention(q, k, k, causal_mask(len(q)))
    if weights.isnan().any():
        return "Some weights are NaN: is there an infinity or a NaN among your numbers?"
    before, itself = weights.diagonal(-1), weights.diagonal()[1:]
    if (before >= 0.95).all():
        return None
    got = f"The token before gets as little as {before.min():.2f} of the weight {trial.case}; it should get 0.95."
    if (itself > 0.5).any():
        why = "Your tokens attend to themselves: query i has to fit the key of token i - 1, not its own."
        return f"{got} {why}"
    if (before > 1.5 * itself).all():
        why = "The place is right, but a softmax is decided only when one score stands far above all others."
        return f"{got} {why}"
    why = "The scores do not single it out: is the query of token i made from the key of token i - 1?"
    return f"{got} {why}"


def one_hot_head(n, sharpness, shift=1):
    return sharpness * torch.eye(n).roll(shift, dims=0), torch.eye(n)


PREVIOUS_TOKEN = Exercise(
    key="previous_token",
    title="A head made by hand",
    task="Write `previous_token_head(n)`: queries and keys for `n` tokens, such that under a causal mask every token "
    "but the first gives at least 0.95 of its attention to the token before it.",
    difficulty=3,
    minutes=20,
    answer=previous_token_head,
    compare=False,  # many heads do it
    cases={
        "for four tokens": lambda draw: (4,),
        "for two tokens": lambda draw: (2,),
        "for 20 tokens": lambda draw: (20,),
        "for 128 tokens": lambda draw: (128,),
    },
    tests=[two_matrices_of_one_width, nearly_all_weight_on_the_token_before],
    known_mistakes={
        "each token finds itself": (
            lambda n: one_hot_head(n, 100.0 * n, shift=0),
            "Your tokens attend to themselves: query i has to fit the key of token i - 1, not its own.",
        ),
        "sharp enough for a few tokens only": (
            lambda n: one_hot_head(n, 12.0),
            "The place is right, but a softmax is decided only when one score stands far above all others.",
        ),
        "looking ahead": (
            lambda n: one_hot_head(n, 100.0 * n, shift=-1),
            "The scores do not single it out: is the query of token i made from the key of token i - 1?",
        ),
        "different widths": (
            lambda n: (torch.eye(n), torch.ones(n, n + 1)),
            "Queries and keys must be equally wide, or there is no dot product; yours are 4 and 5 wide.",
        ),
    },
    hints=[
        "A key has to say which token it is: its position is enough. Which vectors for the positions 0, 1, 2, … are "
        "such that each fits itself and no other?",
        "Take one-hot vectors: `keys = torch.eye(n)`. Row i of the queries must then fit row i - 1 of the keys: "
        "`torch.roll` moves rows.",
        "A score of 1 is not decided enough, and it is still divided by √d_head. Multiply the queries by a number. "
        "With n keys, e^score must be 19 times as large as the n - 1 others together.",
        "`sharpness = math.log(19 * n) * math.sqrt(n)`; return `sharpness * torch.eye(n).roll(1, dims=0)` and "
        "`torch.eye(n)`.",
    ],
)
