"""Exercise: a probe that needs no training."""
# mypy: allow-untyped-defs, allow-incomplete-defs

import torch

from llmcourse.analysis.probe import nearest_mean
from llmcourse.course.exercise import Exercise


def one_label_for_each(trial):
    _, labels, new = trial.inputs
    result = trial.result
    if not isinstance(result, torch.Tensor) or tuple(result.shape) != (len(new),):
        found = tuple(result.shape) if isinstance(result, torch.Tensor) else type(result).__name__
        return f"Return one label for each new vector: the shape ({len(new)},) {trial.case}, and not {found}."
    if not set(result.tolist()) <= set(labels.tolist()):
        return "You return numbers that are no labels. Is it the *place* of the nearest mean, and not its label?"
    return None


def means_of(known, labels):
    classes = labels.unique()
    return classes, torch.stack([known[labels == label].mean(0) for label in classes])


def by_distance(new, means):
    return torch.cdist(new, means)


def nearest_neighbour(known, labels, new):
    return labels[by_distance(new, known).argmin(1)]


def farthest(known, labels, new):
    classes, means = means_of(known, labels)
    return classes[by_distance(new, means).argmax(1)]


def by_product(known, labels, new):
    classes, means = means_of(known, labels)
    return classes[(new @ means.T).argmax(1)]


def place(known, labels, new):
    _, means = means_of(known, labels)
    return by_distance(new, means).argmin(1)


def sums(known, labels, new):
    classes = labels.unique()
    totals = torch.stack([known[labels == label].sum(0) for label in classes])
    return classes[by_distance(new, totals).argmin(1)]


def signed(known, labels, new):
    classes, means = means_of(known, labels)
    return classes[(new[:, None] - means[None]).sum(-1).argmin(1)]


def clouds(n, width, values):
    def case(draw):
        labels = torch.tensor(values)[torch.arange(n) % len(values)]
        centres = draw(max(values) + 1, width) * 2
        return (
            centres[labels] + draw(n, width),
            labels,
            centres[torch.tensor(values)].repeat(3, 1) + draw(3 * len(values), width),
        )

    return case


NEAREST_MEAN = Exercise(
    key="nearest_mean",
    title="A probe that needs no training",
    task="Write `nearest_mean(known, labels, new)`: for each row of `new`, of shape (new, d_model), the label whose "
    "vectors in `known` have the nearest mean. `labels`, of shape (known,), are whole numbers; return a tensor of "
    "shape "
    "(new,).",
    difficulty=2,
    minutes=15,
    answer=nearest_mean,
    cases={
        "for two pairs on a line": lambda draw: (
            torch.tensor([[0.0], [2.0], [10.0], [14.0]]),
            torch.tensor([0, 0, 1, 1]),
            torch.tensor([[6.0], [7.0], [-3.0]]),
        ),
        "where one known vector lies astray": lambda draw: (
            torch.tensor([[0.0], [0.0], [9.0], [10.0], [10.0]]),
            torch.tensor([0, 0, 0, 1, 1]),
            torch.tensor([[8.9], [2.0]]),
        ),
        "where one label is frequent": lambda draw: (
            torch.tensor([[1.0, 0.0], [1.0, 1.0], [1.0, 0.5], [1.0, 0.5], [3.0, 0.0]]),
            torch.tensor([0, 0, 0, 0, 1]),
            torch.tensor([[2.5, 0.0], [1.2, 0.4], [9.0, 2.0]]),
        ),
        "for labels 2 and 5": lambda draw: (
            torch.tensor([[0.0, 1.0], [4.0, 4.0]]),
            torch.tensor([5, 2]),
            torch.tensor([[0.0, 0.0], [5.0, 5.0]]),
        ),
        "for two clouds": clouds(20, 6, [0, 1]),
        "for three clouds": clouds(31, 8, [0, 1, 2]),
    },
    tests=[one_label_for_each],
    known_mistakes={
        "nearest vector": (
            nearest_neighbour,
            "You take the label of the nearest single vector. One that lies astray then speaks for all around it; "
            "asked "
            "for is the nearest *mean*.",
        ),
        "farthest": (farthest, "You take the mean that is farthest away: `argmin`, not `argmax`, of the distances."),
        "dot product": (
            by_product,
            "You take the largest dot product. A long mean wins it against everyone; the nearest mean has the smallest "
            "distance.",
        ),
        "place": (
            place,
            "You return numbers that are no labels. Is it the *place* of the nearest mean, and not its label?",
        ),
        "sums": (
            sums,
            "You compare with sums. The more vectors a label has, the farther out its sum lies: divide by their "
            "number.",
        ),
        "no squares": (
            signed,
            "You add up differences with their signs, so that far too much and far too little cancel: square them "
            "first.",
        ),
    },
    hints=[
        "`labels.unique()` lists the labels that there are; `known[labels == label]` are the vectors of one of them.",
        "Stack the means to a matrix with a row for each label: `torch.stack([… .mean(dim=0) for label in classes])`.",
        "All distances at once: `(new[:, None] - means[None]).square().sum(dim=-1)` has the shape (new, label).",
        "`distances.argmin(dim=1)` is a place in `classes`; `classes[…]` makes labels of places.",
    ],
)
