"""Exercise: how far the model has moved."""
# mypy: allow-untyped-defs, allow-incomplete-defs

import torch

from llmcourse.course.exercise import Exercise
from llmcourse.training.kl import reply_kl
from llmcourse.training.loss import IGNORE


def is_one_number(trial):
    if not isinstance(trial.result, torch.Tensor) or trial.result.dim() > 0:
        return "Return one number, as a tensor without dimensions: the mean over the replies of the batch."
    return None


def is_zero_at_home(trial):
    logits, _, replies = trial.inputs
    if trial.call(logits, logits.clone(), replies).abs() > 1e-5:
        return "For two models that say the same, your result is not 0."
    return None


def at_each(logits, reference, weights=None):
    p, q = logits.log_softmax(-1), reference.log_softmax(-1)
    return ((p.exp() if weights is None else weights(p, q)) * (p - q)).sum(-1)


def summed(reduce, kl=at_each):
    """Another way to make one number of the KL at each position: to write a mistake in a line."""
    return lambda logits, reference, replies: reduce(kl(logits, reference), replies != IGNORE)


def total(values, counts):
    return (values * counts).sum(1).mean()


def drawn_only(logits, reference, replies):
    counts = replies != IGNORE
    gain = logits.log_softmax(-1) - reference.log_softmax(-1)
    return total(gain.gather(-1, replies.clamp(min=0)[..., None])[..., 0], counts)


def without_softmax(logits, reference, replies):
    return total((logits.softmax(-1) * (logits - reference)).sum(-1), replies != IGNORE)


def some_replies(draw, lengths, width, vocab=6):
    replies = torch.full((len(lengths), width), IGNORE)
    for row, (start, end) in enumerate(lengths):
        replies[row, start:end] = draw.integers(0, vocab, end - start)
    logits = 2 * draw(len(lengths), width, vocab)
    return logits, logits + 0.7 * draw(len(lengths), width, vocab) + 3, replies


REPLY_KL = Exercise(
    key="reply_kl",
    title="How far has it moved?",
    task="Write `reply_kl(logits, reference_logits, replies)`: KL(model || reference) at each position of a reply "
    "(where `replies` is not -100), summed along the reply, and its mean over the batch.",
    difficulty=3,
    minutes=15,
    answer=reply_kl,
    cases={
        "for one word": lambda draw: some_replies(draw, [(1, 2)], 2, 3),
        "for two short replies": lambda draw: some_replies(draw, [(1, 3), (2, 5)], 5),
        "for a larger batch": lambda draw: some_replies(draw, [(n, n + 2 + n % 3) for n in range(1, 7)], 11, 9),
    },
    tests=[is_one_number, is_zero_at_home],
    known_mistakes={
        "the other way round": (
            lambda logits, reference, replies: reply_kl(reference, logits, replies),
            "This is KL(reference || model). The leash asks what the *model* says that the reference would not, so the "
            "weights are the model's own p.",
        ),
        "no softmax": (
            without_softmax,
            "You subtract logits. Only after `log_softmax` are they ln p: a constant added to all logits of a position "
            "means nothing and has to drop out.",
        ),
        "mean over positions": (
            summed(lambda values, counts: (values * counts).sum() / counts.sum()),
            "You take the mean over positions. ln p of a reply is a *sum* over its words, so the KL of replies is one "
            "too: a longer reply has more room to differ.",
        ),
        "the prompt too": (
            summed(lambda values, counts: values.sum(1).mean()),
            "You count the prompt and the padding. The model does not write them: they do not count.",
        ),
        "sum over the batch": (
            summed(lambda values, counts: (values * counts).sum()),
            "You sum over the replies of the batch. Their mean can be compared between batches.",
        ),
        "no weights": (
            summed(total, lambda p, q: at_each(p, q, lambda a, b: torch.ones_like(a))),
            "You sum ln p / p_ref over all words of the vocabulary alike. Each counts as often as the model says it: "
            "times p.",
        ),
        "the reference's weights": (
            summed(total, lambda p, q: at_each(p, q, lambda a, b: b.exp())),
            "You weigh with the reference's probabilities. These are replies of the model: the weights are its own p.",
        ),
        "only the drawn word": (
            drawn_only,
            "You take ln p / p_ref of the word that was drawn. Its mean over many replies is right, but it is noisy "
            "and may be negative; both models say all probabilities, so the mean over the next word can be exact.",
        ),
        "negative": (
            lambda logits, reference, replies: -reply_kl(logits, reference, replies),
            "Yours is negative, and a KL divergence never is: ln p - ln p_ref, in this order.",
        ),
    },
    hints=[
        "Turn both logits into ln p with `log_softmax(-1)`.",
        "At each position: the sum over the vocabulary of p (ln p - ln p_ref), with the model's p.",
        "What is not a position of a reply becomes 0: `masked_fill(replies == -100, 0)`.",
        "Sum along the positions, `sum(dim=1)`, and then take the `mean()` over the batch.",
    ],
)
