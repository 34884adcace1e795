"""Exercise: GPT-2's packed projection."""
# mypy: allow-untyped-defs, allow-incomplete-defs

import torch

from llmcourse.course.exercise import Exercise
from llmcourse.model.hub.entries import split_qkv


def numbered(d_model):
    """A c_attn whose numbers say where they stand: row · 100 + column."""
    rows, columns = torch.arange(d_model), torch.arange(3 * d_model)
    return (100 * rows[:, None] + columns).float(), columns.float()


def six_parts(trial):
    names = ["q.weight", "q.bias", "k.weight", "k.bias", "v.weight", "v.bias"]
    if not isinstance(trial.result, dict) or sorted(trial.result) != sorted(names):
        return f"Return a dict with these six names: {', '.join(names)}."
    for name in names:
        found, right = tuple(trial.result[name].shape), tuple(trial.expected[name].shape)
        if found != right:
            return f"{name} has the shape {found} {trial.case}, and should have {right}."
    return None


def computes_the_same(trial):
    weight, bias = trial.inputs
    x = torch.linspace(-1, 1, 2 * len(weight)).view(2, -1)
    whole = x @ weight + bias
    parts = torch.cat([x @ trial.result[f"{n}.weight"].T + trial.result[f"{n}.bias"] for n in "qkv"], dim=-1)
    if not torch.allclose(whole, parts, atol=1e-3, rtol=1e-4):
        return f"Your three layers do not compute what c_attn computes {trial.case}: x @ W + b, in three slices."
    return None


def split(weights, biases=lambda bias: bias.chunk(3)):
    """A split that takes the three weights and the three biases in its own way."""

    def parts(weight, bias):
        result: dict = {}
        for name, w, b in zip("qkv", weights(weight), biases(bias), strict=True):
            result |= {f"{name}.weight": w, f"{name}.bias": b}
        return result

    return parts


def keys_first(whole):
    q, k, v = whole.T.chunk(3) if whole.ndim == 2 else whole.chunk(3)
    return k, q, v


QKV = Exercise(
    key="qkv",
    title="Three layers out of one",
    task="Write `split_qkv(weight, bias)`: from GPT-2's `c_attn`, whose weight is (d_model, 3 · d_model), to a dict "
    "with `q.weight`, `q.bias`, `k.weight` and so on, as `nn.Linear` keeps them.",
    difficulty=2,
    minutes=15,
    answer=split_qkv,
    cases={
        "for three dimensions": lambda draw: numbered(3),
        "for six dimensions": lambda draw: numbered(6),
        "for random numbers": lambda draw: (draw(12, 36), draw(36)),
    },
    tests=[six_parts, computes_the_same],
    known_mistakes={
        "not turned": (
            split(lambda weight: weight.chunk(3, dim=1)),
            "Cut in the right places, but not turned: the file has (in, out), `nn.Linear` has (out, in). Since each "
            "part is square, no shape gives it away.",
        ),
        "cut the wrong way": (
            split(lambda weight: weight.T.chunk(3, dim=1)),
            "After the turn the queries are the first rows, not the first columns: your parts have the width of a "
            "third.",
        ),
        "dealt out in turn": (
            split(lambda weight: [weight.T[i::3] for i in range(3)], lambda bias: [bias[i::3] for i in range(3)]),
            "You deal the columns out in turn, as if q, k and v took one each. First come all of the queries, then all "
            "keys, then all values.",
        ),
        "keys first": (
            split(
                lambda weight: [weight.T.chunk(3)[i] for i in (1, 0, 2)],
                lambda bias: [bias.chunk(3)[i] for i in (1, 0, 2)],
            ),
            "Queries and keys are exchanged. A model with this mistake still talks, and looks at the wrong words.",
        ),
        "reshaped instead of turned": (
            split(lambda weight: weight.reshape(weight.shape[1], weight.shape[0]).chunk(3)),
            "`reshape` gives the right shape and does not turn anything: it reads the numbers on in the old order. "
            "What you want is `.T`.",
        ),
    },
    hints=[
        "Write down a c_attn for d_model=2: two rows, six columns. Columns 0 and 1 make the query, 2 and 3 the key.",
        "`weight.T` has six rows, and row i makes number i of the output, as `nn.Linear` wants it.",
        '`weight.T.chunk(3)` are the three matrices, and `bias.chunk(3)` their biases: zip them with "qkv".',
    ],
)
