"""Exercise: one wide vector into several heads."""
# mypy: allow-untyped-defs, allow-incomplete-defs

import torch

from llmcourse.course.exercise import Exercise
from llmcourse.model.heads import split_heads


def numbered(batch, n, width):
    """Numbers that say where they come from: text, token and dimension."""
    return torch.arange(batch * n * width).float().view(batch, n, width)


SPLIT = Exercise(
    key="split",
    title="One vector into heads",
    task="Write `split_heads(x, n_heads)`: from (batch, position, width) to (batch, head, position, d_head), so that "
    "head 0 has the first d_head numbers of every token, head 1 the next ones, and so on.",
    difficulty=1,
    minutes=10,
    answer=split_heads,
    cases={
        "for two tokens and two heads": lambda draw: (numbered(1, 2, 4), 2),
        "for one head": lambda draw: (draw(2, 3, 4), 1),
        "for a batch": lambda draw: (draw(2, 5, 12), 3),
        "for as many heads as numbers": lambda draw: (draw(1, 3, 4), 4),
    },
    known_mistakes={
        "view without transpose": (
            lambda x, n_heads: x.reshape(x.shape[0], n_heads, x.shape[1], x.shape[2] // n_heads),
            "The shape is right and the numbers are not: your heads are cut across the tokens, so that head 0 holds "
            "all of the first tokens and nothing of the last. Cut the width first, then exchange two dimensions.",
        ),
        "not transposed": (
            lambda x, n_heads: x.unflatten(-1, (n_heads, x.shape[-1] // n_heads)),
            "Rightly cut, but the heads stand behind the positions: exchange the two, so that each head has all tokens "
            "together.",
        ),
        "dealt out in turn": (
            lambda x, n_heads: x.unflatten(-1, (x.shape[-1] // n_heads, n_heads)).permute(0, 3, 1, 2),
            "Your heads take the numbers in turn, like cards that are dealt. Each should have a slice: (n_heads, "
            "d_head), in this order, when you cut the width.",
        ),
        "positions last": (
            lambda x, n_heads: x.unflatten(-1, (n_heads, x.shape[-1] // n_heads)).permute(0, 2, 3, 1),
            "Within each head the positions have become columns: a query should be a row. The order is batch, head, "
            "position, d_head.",
        ),
    },
    hints=[
        "Two steps: cut the last dimension in two, then exchange two dimensions. No number is computed.",
        "`x.unflatten(-1, (a, b))` or `x.view(batch, n, a, b)` cuts the width into a pieces of b numbers. Which of the "
        "two is the number of heads?",
        "After the cut the shape is (batch, position, head, d_head). `.transpose(1, 2)` brings the heads to the front.",
    ],
)
