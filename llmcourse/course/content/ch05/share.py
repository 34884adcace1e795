"""Exercise: fewer heads of keys, shared."""
# mypy: allow-untyped-defs, allow-incomplete-defs

from llmcourse.course.exercise import Exercise
from llmcourse.model.heads import repeat_heads

SHARE = Exercise(
    key="share",
    title="Keys that several heads share",
    task="Write `repeat_heads(k, n_heads)`: from (batch, kv_head, key, d_head) to (batch, head, key, d_head), where "
    "neighbouring heads share a head of keys.",
    difficulty=2,
    minutes=10,
    answer=repeat_heads,
    cases={
        "for two heads of keys and four of queries": lambda draw: (draw(1, 2, 3, 2), 4),
        "for one head of keys": lambda draw: (draw(2, 1, 3, 4), 4),
        "for as many as there are": lambda draw: (draw(2, 3, 4, 2), 3),
        "for groups of three": lambda draw: (draw(2, 2, 5, 4), 6),
    },
    known_mistakes={
        "in turn": (
            lambda k, n_heads: k.repeat(1, n_heads // k.shape[1], 1, 1),
            "All heads are there, in the order 0, 1, 0, 1. Neighbours should share: 0, 0, 1, 1. The queries of a model "
            "were trained for one of the two orders and find strangers in the other.",
        ),
        "positions repeated": (
            lambda k, n_heads: k.repeat_interleave(n_heads // k.shape[1], dim=2),
            "You repeat the tokens, not the heads: which dimension are the heads?",
        ),
        "texts repeated": (
            lambda k, n_heads: k.repeat_interleave(n_heads // k.shape[1], dim=0),
            "You repeat the texts of the batch, not the heads: which dimension are the heads?",
        ),
        "each head n_heads times": (
            lambda k, n_heads: k.repeat_interleave(n_heads, dim=1),
            "You repeat every head `n_heads` times. How many heads of queries belong to each head of keys?",
        ),
        "the mean of all": (
            lambda k, n_heads: k.mean(dim=1, keepdim=True).expand(-1, n_heads, -1, -1),
            "You give all heads the same mean. Each group has a head of keys of its own.",
        ),
    },
    hints=[
        "With 2 heads of keys for 6 of queries, a group has 3 heads. Which head of keys does query head 4 use?",
        "Every head of keys is wanted `n_heads // kv_heads` times, one copy right after the other.",
        "`torch.repeat_interleave(times, dim=…)` makes copies that stand side by side; `repeat` starts again from the "
        "first.",
    ],
)
