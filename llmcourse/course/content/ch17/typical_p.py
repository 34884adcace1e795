"""Exercise: typical sampling."""
# mypy: allow-untyped-defs, allow-incomplete-defs

from llmcourse.course.content.ch17.shared import TRUNCATION_TESTS, back_to_ids, keep, logs
from llmcourse.course.exercise import Exercise
from llmcourse.inference.truncation import typical_p


def typical_with(off):
    """Typical sampling by another measure of how far a token is off."""

    def answer(logits, p):
        log_probs = logits.log_softmax(-1)
        shares = log_probs.exp()
        entropy = -(shares * log_probs.clamp(min=-1e4)).sum(-1, keepdim=True)
        by_rank = off(log_probs, entropy).argsort(dim=-1, stable=True)
        ranked = shares.gather(-1, by_rank)
        stays = ranked.cumsum(-1) - ranked < p
        return keep(logits, back_to_ids(stays, by_rank))

    return answer


def plain_mean(log_probs):
    return log_probs.clamp(min=-50).mean(-1, keepdim=True)


def by_threshold(logits, p):
    log_probs = logits.log_softmax(-1)
    shares = log_probs.exp()
    off = (-log_probs + (shares * log_probs.clamp(min=-1e4)).sum(-1, keepdim=True)).abs()
    ranked, by_rank = off.sort(dim=-1, stable=True)
    before = shares.gather(-1, by_rank).cumsum(-1) - shares.gather(-1, by_rank)
    last = (before < p).sum(-1, keepdim=True) - 1
    return keep(logits, off <= ranked.gather(-1, last))


TYPICAL_P = Exercise(
    key="typical_p",
    title="Typical sampling",
    task="Write `typical_p(logits, p)`: rank tokens by how far their surprise, −ln of their probability, is from the "
    "entropy; as few of the nearest stay as together have a probability of at least p.",
    difficulty=2,
    minutes=8,
    answer=typical_p,
    cases={
        "for one word of 0.4 and six of 0.1, p = 0.25": lambda draw: (logs(0.4, *[0.1] * 6), 0.25),
        "for a batch": lambda draw: (2 * draw(3, 9), 0.5),
        "for a sure row": lambda draw: (logs(0.97, 0.01, 0.01, 0.01), 0.2),
        "with tokens ruled out before": lambda draw: (logs(0.6, 0.0, 0.2, 0.2, 0.0), 0.5),
    },
    tests=TRUNCATION_TESTS,
    known_mistakes={
        "the likeliest": (
            typical_with(lambda log_probs, entropy: -log_probs),
            "You rank by probability, which is top-p. Here a token may go because it is *too* likely: it is the "
            "absolute value of surprise minus entropy that counts.",
        ),
        "the plain mean": (
            typical_with(lambda log_probs, entropy: (-log_probs + plain_mean(log_probs)).abs()),
            "You compare with the plain mean of the surprises. The entropy weighs each by its probability.",
        ),
        "a threshold": (
            by_threshold,
            "You keep all that are as typical as the last one that is needed. Where several are equally typical, that "
            "is more than p asks for: of these, the lower ids stay.",
        ),
        "the farthest": (
            typical_with(lambda log_probs, entropy: -(-log_probs - entropy).abs()),
            "You keep those that are *farthest* from the entropy: the sort goes the wrong way.",
        ),
    },
    hints=[
        "Surprise is −ln p; the entropy is its mean, each token weighed by its own probability.",
        "0 times -inf is NaN: where a probability is 0, its term of the entropy is 0. "
        "`log_probs.masked_fill(probabilities == 0, 0)` helps.",
        "`off = (-log_probs - entropy).abs()`; `by_rank = off.argsort(dim=-1, stable=True)`.",
        "From there it is top-p: gather the probabilities by rank, `cumsum`, and a token goes when those before it "
        "have p already.",
    ],
)
