"""Exercise: the loss against soft targets."""
# mypy: allow-untyped-defs, allow-incomplete-defs

import torch

from llmcourse.course.exercise import Exercise
from llmcourse.training.distillation import soft_target_loss


def is_one_number(trial):
    if not isinstance(trial.result, torch.Tensor) or trial.result.dim() > 0:
        return "The loss is one number for all places, as a tensor without dimensions, fit for `backward()`."
    return None


def can_go_backward(trial):
    student, teacher, temperature = trial.inputs
    if not trial.call(student.clone().requires_grad_(), teacher, temperature).requires_grad:
        return "No gradient reaches the student. Is there an `item()`, a `detach()` or a new tensor on the way?"
    return None


def loss_with(ours=None, theirs=None, factor=lambda t: t**2, reduce=lambda kl: kl.sum(-1).mean(), kl=None):
    """The loss with one thing changed, so that a mistake takes a line."""

    def answer(student, teacher, temperature=1):
        q = (student / (temperature if ours is None else ours)).log_softmax(-1)
        p = (teacher / (temperature if theirs is None else theirs)).log_softmax(-1)
        terms = p.exp() * (p - q) if kl is None else kl(p, q)
        return factor(temperature) * reduce(terms)

    return answer


SOFT_TARGET_LOSS = Exercise(
    key="soft_target_loss",
    title="The loss against soft targets",
    task="Write `soft_target_loss(student, teacher, temperature)` for two tensors of logits, (place, vocab): the KL "
    "divergence of the softened student from the softened teacher, its mean over the places, times T².",
    difficulty=2,
    minutes=15,
    answer=soft_target_loss,
    cases={
        "for the three words by hand": lambda draw: (
            torch.tensor([[1 / 3, 1 / 3, 1 / 3]]).log(),
            torch.tensor([[0.7, 0.2, 0.1]]).log(),
            1,
        ),
        "for random logits": lambda draw: (draw(4, 6), draw(4, 6), 1),
        "at a temperature of 3": lambda draw: (2 * draw(5, 7), 3 * draw(5, 7), 3.0),
        "at a temperature of a half": lambda draw: (draw(3, 4), draw(3, 4), 0.5),
        "for a teacher who is certain": lambda draw: (draw(2, 5), 200 * torch.eye(5)[:2], 1),
    },
    tests=[is_one_number, can_go_backward],
    known_mistakes={
        "cut off": (
            lambda student, teacher, temperature=1: soft_target_loss(student.detach(), teacher, temperature),
            "No gradient reaches the student.",
        ),
        "without the square": (
            loss_with(factor=lambda t: 1),
            "The factor T² is missing. Without it the gradient shrinks as the temperature rises, and with it the "
            "weight of the soft targets.",
        ),
        "times T": (
            loss_with(factor=lambda t: t),
            "You multiply by T. Both the logits and the difference of the probabilities are divided by T, so the "
            "gradient shrinks with T *squared*.",
        ),
        "the wrong way round": (
            loss_with(kl=lambda p, q: q.exp() * (q - p)),
            "You have KL(student || teacher): the mean is taken with the student's probabilities. The teacher says "
            "how often each word comes, so the mean is his: Σ p (ln p - ln q), p the teacher's.",
        ),
        "cross-entropy": (
            loss_with(kl=lambda p, q: -p.exp() * q),
            "This is the cross-entropy with the soft targets. Its gradient is the right one, but it is too large by "
            "the teacher's own entropy: a student who agrees with him should lose 0.",
        ),
        "mean over words": (
            loss_with(reduce=lambda kl: kl.mean()),
            "You take the mean over the vocabulary too. KL is a *sum* over the words; only places are averaged.",
        ),
        "sum over places": (
            loss_with(reduce=lambda kl: kl.sum()),
            "You sum over the places, so a longer text has a larger loss. Sum over the vocabulary, then take the mean.",
        ),
        "teacher as he is": (
            loss_with(theirs=1),
            "Only the student is softened. Then he has to be T times as certain as the teacher to agree with him: "
            "divide both logits by T.",
        ),
        "student as he is": (
            loss_with(ours=1),
            "Only the teacher is softened, and the student would learn to be as vague: divide both logits by T.",
        ),
    },
    hints=[
        "A softened distribution is `(logits / temperature).softmax(-1)`. You need it of both.",
        "KL(p || q) = Σ p (ln p - ln q), with p the teacher's. `log_softmax` gives the logarithms safely.",
        "The sum runs over the last axis, the vocabulary; what remains, one number for each place, is averaged.",
        "`temperature**2 * (p.exp() * (p - q)).sum(-1).mean()`, where p and q are the two `log_softmax`.",
    ],
)
