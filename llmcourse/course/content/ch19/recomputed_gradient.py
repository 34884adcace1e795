"""Exercise: the backward pass of a part that kept nothing but its input."""
# mypy: allow-untyped-defs, allow-incomplete-defs

import torch
from torch import Tensor, nn

from llmcourse.course.exercise import Exercise
from llmcourse.training.checkpointing import recomputed_gradient


class Part(nn.Module):
    """Something between two tensors that would keep several others. Its weights have gradients already: of ones."""

    def __init__(self, up, down):
        super().__init__()
        self.up, self.down = nn.Parameter(up), nn.Parameter(down)
        for weight in self.parameters():
            weight.grad = torch.ones_like(weight)

    def forward(self, x):
        return torch.tanh(torch.tanh(x @ self.up) * 2) @ self.down + x


def run(answer, x, up, down, gradient):
    """The gradient of x, and those of both weights; taken as autograd would: without notes."""
    part = Part(up, down)
    with torch.no_grad():
        of_x = answer(part, x, gradient)
    if of_x is None:  # nothing was written
        return None
    return [of_x.detach() if isinstance(of_x, Tensor) else of_x, part.up.grad, part.down.grad]


def returns_a_gradient(trial):
    mine = trial.result[0]
    if not isinstance(mine, Tensor) or mine.shape != trial.inputs[0].shape:
        return "Return the gradient of x: a tensor of the shape of x."
    return None


def weights_learn(trial):
    for mine in trial.result[1:]:
        if mine is None or bool((mine == 1).all()):
            return "The gradient of x is returned, but the weights of the part have got nothing."
    return None


def with_change(upstream=True, weights="added", again=True):
    def gradient_of(part, x, gradient):
        if not again:
            return gradient
        x = x.detach().requires_grad_()
        with torch.enable_grad():
            output = part(x)
        own = list(part.parameters())
        start = gradient if upstream else torch.ones_like(gradient)
        of_x, *of_weights = torch.autograd.grad(output, [x, *own], start)
        for weight, new in zip(own, of_weights, strict=True):
            if weights == "added":
                weight.grad += new
            elif weights == "replaced":
                weight.grad = new
        return of_x

    return gradient_of


def gives_the_output(part, x, gradient):
    x = x.detach().requires_grad_()
    with torch.enable_grad():
        output = part(x)
    output.backward(gradient)
    return output


RECOMPUTED_GRADIENT = Exercise(
    key="recomputed_gradient",
    title="Forget, and compute again",
    task="Write `recomputed_gradient(part, x, gradient)`: compute `part(x)` once more, let `gradient` go back through "
    "it, and return the gradient of `x`; those of the part's weights are added to what they have.",
    difficulty=2,
    minutes=15,
    answer=recomputed_gradient,
    use=run,
    cases={
        "for one vector": lambda draw: (draw(1, 3), draw(3, 5), draw(5, 3), torch.ones(1, 3)),
        "for four vectors": lambda draw: (draw(4, 3), draw(3, 8), draw(8, 3), draw(4, 3)),
        "for a batch of texts": lambda draw: (draw(2, 5, 4), draw(4, 4), draw(4, 4), draw(2, 5, 4)),
    },
    tests=[returns_a_gradient, weights_learn],
    known_mistakes={
        "upstream forgotten": (
            with_change(upstream=False),
            "You start the backward pass with ones. It starts with `gradient`: how the loss depends on what this "
            "part gave.",
        ),
        "weights forgotten": (
            with_change(weights="forgotten"),
            "x gets its gradient, and the part's weights get none: they would never learn. `output.backward(gradient)` "
            "fills in all of them.",
        ),
        "replaced": (
            with_change(weights="replaced"),
            "You replace the gradients that the weights had. They may come from another part of the batch: new ones "
            "are *added*, as `backward` does by itself.",
        ),
        "the output": (
            gives_the_output,
            "You return what the part gives. The step below waits for the gradient of x: `x.grad`.",
        ),
        "handed on": (
            with_change(again=False),
            "You hand the gradient on as if the part did nothing. Compute the part again, and let the gradient go "
            "back through it.",
        ),
    },
    hints=[
        "Everything that the forward pass forgot can be had again: `output = part(x)`.",
        "You need the gradient at x itself. Make it a fresh beginning: `x.detach().requires_grad_()`.",
        "Inside of a backward pass autograd takes no notes unless told to: `with torch.enable_grad():`.",
        "Then `output.backward(gradient)`: it fills in `x.grad`, and adds to the weights' gradients by itself.",
    ],
)
