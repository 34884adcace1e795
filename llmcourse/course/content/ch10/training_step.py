"""Exercise: the training step."""
# mypy: allow-untyped-defs, allow-incomplete-defs

import torch
from torch import nn

from llmcourse.course.exercise import Exercise
from llmcourse.model import GPT, ModelConfig
from llmcourse.training.batches import Batch
from llmcourse.training.loss import causal_lm_loss
from llmcourse.training.step import training_step


class PlainDescent:
    """The least that an optimizer can be. (PyTorch's own take seconds to load when the first of them is made.)"""

    def __init__(self, model, lr):
        self.parameters, self.lr = list(model.parameters()), lr

    @torch.no_grad()
    def step(self):
        for parameter in self.parameters:
            if parameter.grad is not None:
                parameter -= self.lr * parameter.grad

    def zero_grad(self):
        for parameter in self.parameters:
            parameter.grad = None


def train_a_little(step, clip, *batches):
    """Three steps of a tiny model with plain gradient descent: the losses that `step` returned, and what it learned.

    Plain descent, since Adam hides a gradient of the wrong length.
    """
    model = GPT(ModelConfig(vocab_size=7, context=6, d_model=8, n_layers=1, n_heads=2)).initialize(seed=0)
    optimizer = PlainDescent(model, lr=0.5)
    losses = [step(model, optimizer, batch, clip) for batch in batches]
    if all(loss is None for loss in losses):
        return None
    return {"losses": losses, "weights": nn.utils.parameters_to_vector(model.parameters()).detach().clone()}


def returns_a_loss(trial):
    for loss in trial.result["losses"]:
        if loss is None or not isinstance(loss, float | torch.Tensor):
            return "Return the loss of the batch, as one number."
    return None


def step_with(order, shift=False):
    """A training step whose calls come in this order: to write a mistake in a line."""

    def step(model, optimizer, batch, clip=1.0):
        logits, targets = model(batch.ids), batch.targets
        loss = causal_lm_loss(logits[:, :-1], targets[:, 1:]) if shift else causal_lm_loss(logits, targets)
        calls = {
            "backward": loss.backward,
            "clip": lambda: nn.utils.clip_grad_norm_(model.parameters(), clip),
            "step": optimizer.step,
            "zero": optimizer.zero_grad,
        }
        for name in order.split():
            calls[name]()
        return loss.item()

    return step


def batches(draw, count=3):
    return [Batch(draw.integers(0, 7, 2, 5), draw.integers(0, 7, 2, 5)) for _ in range(count)]


TRAINING_STEP = Exercise(
    key="training_step",
    title="One step of training",
    task="Write `training_step(model, optimizer, batch, clip)`: loss, gradients, clipping, update, and the gradients "
    "back to nothing. Return the loss as a number.",
    difficulty=2,
    minutes=15,
    answer=training_step,
    use=train_a_little,
    cases={
        "with gradients that are short enough": lambda draw: (100.0, *batches(draw)),
        "with gradients that have to be clipped": lambda draw: (0.1, *batches(draw)),
    },
    tests=[returns_a_loss],
    known_mistakes={
        "gradients never forgotten": (
            step_with("backward clip step"),
            "Your first step is right, the later ones are not: `backward()` *adds* to the gradients that are there. "
            "Which call sets them back to nothing?",
        ),
        "no weight moves": (
            step_with("backward zero clip step"),
            "No weight has moved. Either `optimizer.step()` is missing, or it found no gradient to follow: "
            "`loss.backward()` has to come before it, and `zero_grad()` not between the two.",
        ),
        "not clipped": (
            step_with("backward step zero"),
            "Right as long as the gradients are short; long ones stay long. `nn.utils.clip_grad_norm_` shortens them, "
            "but only after `backward()`, when they are there, and before `step()`, when it is not too late.",
        ),
        "shifted twice": (
            step_with("backward clip step zero", shift=True),
            "You shift the targets once more. A `Batch` has done that: `batch.targets` fits `model(batch.ids)`.",
        ),
    },
    hints=[
        "Five things in a row: how wrong is the model, who is to blame, not too much at once, mend it, forget it.",
        "`causal_lm_loss(model(batch.ids), batch.targets)` is the loss; `.backward()` leaves gradients behind.",
        "Between `backward()` and `optimizer.step()` comes `nn.utils.clip_grad_norm_(model.parameters(), clip)`.",
        "Then `optimizer.zero_grad()`, and `return loss.item()`.",
    ],
)
