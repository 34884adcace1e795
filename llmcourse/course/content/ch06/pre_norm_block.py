"""Exercise: the wiring of a pre-norm block."""
# mypy: allow-untyped-defs, allow-incomplete-defs

import torch

from llmcourse.course.exercise import Exercise
from llmcourse.model.block import pre_norm_block


def norm1(x):
    return (x - x.mean(-1, keepdim=True)) / (x.square().mean(-1, keepdim=True) + 1).sqrt()


def norm2(x):
    return 2 * x / (x.square().mean(-1, keepdim=True) + 1).sqrt()


def attention(x):
    return x.flip(-1).cumsum(-2) / torch.arange(1, x.shape[-2] + 1)[:, None]  # each token listens to those before it


def feedforward(x):
    return torch.relu(x.roll(1, -1) - 0.2)


def wired(answer, x):
    """Tries a block with four parts that are simple, but all different, so that any mix-up shows."""
    return answer(x, norm1, attention, norm2, feedforward)


def post_norm(x, norm1, attention, norm2, feedforward):
    x = norm1(x + attention(x))
    return norm2(x + feedforward(x))


def without_residual(x, norm1, attention, norm2, feedforward):
    return feedforward(norm2(attention(norm1(x))))


def adds_to_the_norm(x, norm1, attention, norm2, feedforward):
    x = norm1(x)
    x = x + attention(x)
    x = norm2(x)
    return x + feedforward(x)


def one_wide_bridge(x, norm1, attention, norm2, feedforward):
    return x + feedforward(norm2(attention(norm1(x))))


def side_by_side(x, norm1, attention, norm2, feedforward):
    return x + attention(norm1(x)) + feedforward(norm2(x))


def first_half_forgotten(x, norm1, attention, norm2, feedforward):
    middle = x + attention(norm1(x))
    return x + feedforward(norm2(middle))


def without_norms(x, norm1, attention, norm2, feedforward):
    x = x + attention(x)
    return x + feedforward(x)


def one_norm_twice(x, norm1, attention, norm2, feedforward):
    x = x + attention(norm1(x))
    return x + feedforward(norm1(x))


def other_order(x, norm1, attention, norm2, feedforward):
    x = x + feedforward(norm2(x))
    return x + attention(norm1(x))


PRE_NORM_BLOCK = Exercise(
    key="pre_norm_block",
    title="The wiring of a block",
    task="Write `pre_norm_block(x, norm1, attention, norm2, feedforward)`: attention first, then the feed-forward "
    "layer; each reads a normalized copy, and what it says is added to `x`.",
    difficulty=2,
    minutes=10,
    answer=pre_norm_block,
    use=wired,
    cases={
        "for one token": lambda draw: (draw(1, 1, 4),),
        "for three tokens": lambda draw: (draw(1, 3, 4),),
        "for a batch": lambda draw: (draw(2, 5, 8),),
    },
    known_mistakes={
        "post-norm": (
            post_norm,
            "This is post-norm, the wiring of 2017: you normalize the *sum*. In pre-norm the sum is left alone, and "
            "only what a part reads is normalized.",
        ),
        "no residual": (
            without_residual,
            "Your parts replace x, one after the other, and what was on the page is gone. Each should *add* to it.",
        ),
        "added to the norm": (
            adds_to_the_norm,
            "You add to the normalized copy, so the page itself gets lost. The part reads `norm1(x)`, but what it says "
            "is added to `x`.",
        ),
        "one bridge over both": (
            one_wide_bridge,
            "You add once, after both parts: the feed-forward layer does not see x, and what attention said is only "
            "heard through it. Each part has an addition of its own.",
        ),
        "side by side": (
            side_by_side,
            "Your feed-forward layer reads the page as it was before attention wrote on it. It should see what "
            "attention found.",
        ),
        "attention forgotten": (
            first_half_forgotten,
            "The feed-forward layer reads the right thing, but in the end you add to the old `x`: what attention wrote "
            "is lost.",
        ),
        "no norms": (
            without_norms,
            "The additions are right, but your parts read `x` itself. Each should read a normalized copy.",
        ),
        "the first norm twice": (
            one_norm_twice,
            "You use `norm1` for both parts. Each part has a norm of its own, with its own scales.",
        ),
        "feed-forward first": (
            other_order,
            "Both parts are wired rightly, in the wrong order: attention gathers first, and then each token works on "
            "it.",
        ),
    },
    hints=[
        "Two lines of the same form, one for each part.",
        "What does a part read? A normalized copy. What happens to what it says? It is added to x, not to the copy.",
        "`x = x + attention(norm1(x))` is the first line.",
        "The second is the same with `norm2` and `feedforward`, and it uses the new x in both places.",
    ],
)
