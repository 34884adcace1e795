"""Exercise: the loss of a language model."""
# mypy: allow-untyped-defs, allow-incomplete-defs

import math

import torch

from llmcourse.course.exercise import Exercise
from llmcourse.training.loss import causal_lm_loss


def is_one_number(trial):
    if not isinstance(trial.result, torch.Tensor) or trial.result.dim() > 0:
        return "The loss is one number for the whole batch, as a tensor without dimensions, fit for `backward()`."
    return None


def can_go_backward(trial):
    logits, targets = trial.inputs
    if not trial.call(logits.clone().requires_grad_(), targets).requires_grad:
        return "No gradient flows back from your loss. Is there an `item()`, a `detach()` or a new tensor on the way?"
    return None


def log_probability_of_targets(logits, targets):
    """ln p of every target that counts, and which ones count."""
    counts = targets != -100
    log_probs = logits.log_softmax(-1).gather(-1, targets.clamp(min=0)[..., None])[..., 0]
    return log_probs, counts


def loss_with(reduce):
    """The loss with another way to make one number of ln p: to write a mistake in a line."""
    return lambda logits, targets: reduce(*log_probability_of_targets(logits, targets))


def loss_shifted_twice(logits, targets):
    return causal_lm_loss(logits[:, :-1], targets[:, 1:])


def loss_of_softmax(logits, targets):
    return causal_lm_loss(logits.softmax(-1), targets)


def padded(draw):
    targets = draw.integers(0, 6, 3, 5)
    targets[0, 3:] = -100
    targets[2, 1:] = -100
    return draw(3, 5, 6), targets


CAUSAL_LM_LOSS = Exercise(
    key="causal_lm_loss",
    title="The loss of a language model",
    task="Write `causal_lm_loss(logits, targets)`: the mean of -ln p(target) over all targets that are not -100. The "
    "targets are shifted already: `targets[b, t]` is the token that follows position t.",
    difficulty=2,
    minutes=15,
    answer=causal_lm_loss,
    cases={
        "for a guess among four equal tokens": lambda draw: (torch.zeros(1, 2, 4), torch.tensor([[0, 3]])),
        "for random logits": lambda draw: (draw(2, 5, 7), draw.integers(0, 7, 2, 5)),
        "for stories of different lengths": padded,
        "for large logits": lambda draw: (200 * draw(2, 4, 5), draw.integers(0, 5, 2, 4)),
    },
    tests=[is_one_number, can_go_backward],
    known_mistakes={
        "cut off": (
            lambda logits, targets: causal_lm_loss(logits.detach(), targets),
            "No gradient flows back from your loss.",
        ),
        "no minus": (
            loss_with(lambda log_probs, counts: log_probs[counts].mean()),
            "Your loss is negative, and better the lower the probability: ln p is 0 or below. A sign is missing.",
        ),
        "sum": (
            loss_with(lambda log_probs, counts: -log_probs[counts].sum()),
            "You take the sum, so a larger batch has a larger loss. The mean can be compared between batches.",
        ),
        "padding counted": (
            loss_with(lambda log_probs, counts: -(log_probs * counts).sum() / counts.numel()),
            "You divide by the number of all positions, the -100s among them, so padding looks like perfect "
            "prediction. Divide by the number of those that count.",
        ),
        "padding scored": (
            loss_with(lambda log_probs, counts: -log_probs.mean()),
            "You also score the positions whose target is -100. They are padding: leave them out.",
        ),
        "mean of means": (
            loss_with(lambda log_probs, counts: -((log_probs * counts).sum(1) / counts.sum(1)).mean()),
            "You take a mean for each story and then the mean of these, so a token in a short story weighs more. "
            "Every token should weigh the same.",
        ),
        "bits": (
            loss_with(lambda log_probs, counts: -log_probs[counts].mean() / math.log(2)),
            "This is the loss in bits. The course counts in nats: natural logarithms, to the base e.",
        ),
        "probability": (
            loss_with(lambda log_probs, counts: 1 - log_probs[counts].exp().mean()),
            "You use 1 - p. To be surely wrong then costs hardly more than to be unsure; -ln p has no upper end.",
        ),
        "shifted twice": (
            loss_shifted_twice,
            "You shift the targets once more, and the model has to say the word after the next. They are shifted "
            "already.",
        ),
        "softmax twice": (
            loss_of_softmax,
            "You take a softmax of the logits and then give it to a function that takes one itself. It wants the "
            "logits.",
        ),
    },
    hints=[
        "Each position is a question with `vocab` possible answers. Which PyTorch function gives the loss of a "
        "classifier?",
        "`F.cross_entropy` wants one row per question: (questions, vocab), and (questions,) for the right answers.",
        "`logits.flatten(0, 1)` makes one long list of the questions of all stories. What does that to the targets?",
        "`F.cross_entropy(logits.flatten(0, 1), targets.flatten(), ignore_index=-100)`.",
    ],
)
