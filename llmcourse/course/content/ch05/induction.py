"""A head that copies, made by hand: an open task, judged by what the head attends to."""
# mypy: allow-untyped-defs, allow-incomplete-defs

import torch

from llmcourse.analysis.handmade import induction_head
from llmcourse.course.exercise import Exercise
from llmcourse.model.attention import scaled_dot_product_attention
from llmcourse.model.masks import causal_mask

ENOUGH = 0.95


def two_matrices_of_one_width(trial):
    ids, _ = trial.inputs
    pair = trial.result
    if not isinstance(pair, tuple | list) or len(pair) != 2:
        return "Return two matrices, in this order: the queries and the keys."
    if any(not isinstance(matrix, torch.Tensor) or matrix.ndim != 2 or len(matrix) != len(ids) for matrix in pair):
        return f"Queries and keys are matrices with a row for each token; {trial.case} that is {len(ids)} rows."
    if pair[0].shape != pair[1].shape:
        widths = f"{pair[0].shape[1]} and {pair[1].shape[1]}"
        return f"Queries and keys must be equally wide, or there is no dot product; yours are {widths} wide."
    return None


def what_followed(ids):
    """For each position whose symbol came before: where its earlier occurrences are."""
    return {p: earlier for p in range(len(ids)) if (earlier := [e for e in range(p) if ids[e] == ids[p]])}


def attends_to_what_followed(trial):
    ids, _ = trial.inputs
    q, k = (matrix.float() for matrix in trial.result)
    _, weights = scaled_dot_product_attention(q, k, k, causal_mask(len(ids)))
    if weights.isnan().any():
        return "Some weights are NaN: is there an infinity or a NaN among your numbers?"
    links = what_followed(ids.tolist())

    def share(shift):  # least share of the keys at this distance behind the earlier occurrences
        return min(float(weights[p, [e + shift for e in earlier]].sum()) for p, earlier in links.items())

    if (got := share(1)) >= ENOUGH:
        return None
    found = f"As little as {got:.2f} of the weight goes to what followed {trial.case}; it should be {ENOUGH}."
    same = min(float(weights[p, [*earlier, p]].sum()) for p, earlier in links.items())
    if same > 0.9:
        return f"{found} Your tokens find their equals, themselves included. What you want stands one place further on."
    if min(float(weights[p, [e - 1 for e in [*earlier, p] if e > 0]].sum()) for p, earlier in links.items()) > 0.9:
        return f"{found} You attend to what came *before* the earlier occurrence: the keys are shifted the wrong way."
    if weights[[p for p, earlier in links.items() if 0 not in [e + 1 for e in earlier]], 0].max() > 0.3:
        return f"{found} Your first key answers as well, though no token came before it: what does it say?"
    return f"{found} The place may be right, but the softmax is not decided: one score has to stand far above the rest."


def one_hot(sharpness, shift, around=False):
    """Queries say what they are; keys say what stands `shift` places before them."""

    def head(ids, n_symbols):
        symbols = torch.eye(n_symbols)[ids]
        keys = symbols.roll(shift, 0)
        if not around and shift > 0:
            keys[0] = 0
        if not around and shift < 0:
            keys[-1] = 0
        return sharpness * symbols, keys

    return head


INDUCTION = Exercise(
    key="induction",
    title="A head that copies, made by hand",
    task="Write `induction_head(ids, n_symbols)`: queries and keys for a row of symbols, such that under a causal mask "
    "every token that came before gives at least 0.95 of its attention to what *followed* its earlier occurrences.",
    difficulty=3,
    minutes=20,
    answer=induction_head,
    compare=False,  # many heads do it
    cases={
        "for A B C A": lambda draw: (torch.tensor([0, 1, 2, 0]), 3),
        "for a row of eight said twice": lambda draw: (torch.arange(8).repeat(2), 8),
        "for a row that ends as it begins": lambda draw: (torch.tensor([2, 0, 1, 3, 0, 2, 4, 2]), 5),
        "for 60 symbols said twice": lambda draw: (draw(60).argsort().repeat(2), 60),
    },
    tests=[two_matrices_of_one_width, attends_to_what_followed],
    known_mistakes={
        "each finds its equals": (
            one_hot(300.0, 0),
            "Your tokens find their equals, themselves included. What you want stands one place further on.",
        ),
        "shifted the wrong way": (
            one_hot(300.0, -1),
            "You attend to what came *before* the earlier occurrence: the keys are shifted the wrong way.",
        ),
        "the first key knows the last token": (
            one_hot(300.0, 1, around=True),
            "Your first key answers as well, though no token came before it: what does it say?",
        ),
        "sharp enough for a few tokens only": (
            one_hot(7.0, 1),
            "The place may be right, but the softmax is not decided: one score has to stand far above the rest.",
        ),
        "different widths": (
            lambda ids, n_symbols: (torch.eye(n_symbols)[ids], torch.ones(len(ids), n_symbols + 1)),
            "Queries and keys must be equally wide, or there is no dot product; yours are 3 and 4 wide.",
        ),
    },
    hints=[
        "Let the query say “I am an A”. Which key should answer? The one *after* an earlier A. So what does that key "
        "have to say about itself?",
        "Keys say what came before them. `torch.eye(n_symbols)[ids]` gives each symbol a vector of its own; shifted by "
        "one row, it holds the symbol before.",
        "Nothing came before the first token: its key is all zeros. (`roll` would tell it of the last token.)",
        "As for the head of chapter 04, multiply the queries until the softmax is decided: by a number that grows with "
        "the logarithm of the number of tokens, and by √d_head, by which the scores are divided.",
    ],
)
