"""A task that nobody can solve without knowing order, whose answer is always known: *who was named last?*

Rows of tokens drawn by lot: now and then one of eight names, otherwise one of eight words without meaning. At each
word the question is which name came last; what stands before always decides it. Who knows which names were read, and
how often, but not in which order, can only say the most frequent one. How often that is right is known too, so it is
seen exactly how much of an answer is order.

Small enough to train a model on in a second or two, so that kinds of positions can be compared.
"""

from collections.abc import Callable

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float, Int
from torch import Tensor

from llmcourse.errors import CourseError
from llmcourse.model.config import ModelConfig, Positions
from llmcourse.model.gpt import GPT
from llmcourse.training.batches import Batch
from llmcourse.training.config import TrainConfig
from llmcourse.training.loss import IGNORE
from llmcourse.training.optimizer import make_optimizers, set_learning_rate
from llmcourse.training.schedules import warmup_stable_decay
from llmcourse.training.step import training_step

NAMES = 8  # ids 0 to 7; all others are words
VOCABULARY = 16
SHARE_OF_NAMES = 0.2

TRAINED_LENGTH = 32  # no row of the training is longer
LONGEST = 256  # what a model can read

#: A task makes (ids, answers) from (number of rows, their length, seed); an answer of IGNORE is not asked for.
Task = Callable[[int, int, int], tuple[Tensor, Tensor]]


def last_named(n_rows: int, length: int, seed: int) -> tuple[Int[Tensor, "row position"], Int[Tensor, "row position"]]:
    """Rows of ids, and at each word the name that was named last. At a name, and before the first, nothing is asked."""
    check_size(n_rows, length)
    generator = torch.Generator().manual_seed(seed)
    names = torch.randint(NAMES, (n_rows, length), generator=generator)
    words = torch.randint(NAMES, VOCABULARY, (n_rows, length), generator=generator)
    is_name = torch.rand(n_rows, length, generator=generator) < SHARE_OF_NAMES
    last = torch.where(is_name, torch.arange(length), -1).cummax(dim=1).values  # where the last name up to here stands
    answers = names.gather(1, last.clamp(min=0))
    return torch.where(is_name, names, words), answers.masked_fill(is_name | (last < 0), IGNORE)


def three_back(n_rows: int, length: int, seed: int) -> tuple[Int[Tensor, "row position"], Int[Tensor, "row position"]]:
    """Another task on rows of the same tokens, all equally likely: which token stood three places before?"""
    check_size(n_rows, length)
    ids = torch.randint(VOCABULARY, (n_rows, length), generator=torch.Generator().manual_seed(seed))
    return ids, F.pad(ids, (3, 0), value=IGNORE)[:, :length]


def check_size(n_rows: int, length: int) -> None:
    if n_rows < 1 or length < 1:
        raise CourseError(f"{n_rows} rows of length {length} hold nothing: both must be 1 or more")


def most_frequent_name(ids: Int[Tensor, "row position"]) -> Int[Tensor, "row position"]:
    """The best answer to `last_named` of one who knows how often each name came up to here, and nothing of order."""
    return F.one_hot(ids, VOCABULARY)[..., :NAMES].cumsum(dim=1).argmax(dim=-1)


def learn(
    positions: Positions,
    task: Task = last_named,
    *,
    seed: int = 0,
    n_layers: int = 1,
    n_heads: int = 4,
    steps: int = 120,
    batch_size: int = 32,
    lr: float = 4e-3,
) -> GPT:
    """A small decoder that has learned the task from rows of TRAINED_LENGTH, and can read up to LONGEST.

    Training is the subject of chapters 09 and 10. Here it is a black box that takes a second or two on a CPU, where so
    small a model is at home.
    """
    config = ModelConfig(VOCABULARY, LONGEST, d_model=64, n_layers=n_layers, n_heads=n_heads, positions=positions)
    model = GPT(config).initialize(seed)
    (optimizer,) = make_optimizers(model, TrainConfig(steps=steps, lr=lr, seed=seed))
    rows = task(steps * batch_size, TRAINED_LENGTH, seed)  # no row comes twice
    for step, (ids, answers) in enumerate(zip(*(part.split(batch_size) for part in rows), strict=True), start=1):
        set_learning_rate([optimizer], warmup_stable_decay(step, steps, warmup=0.1))
        training_step(model, optimizer, Batch(ids, answers))
    return model.eval()


@torch.no_grad()
def accuracy(
    answer: Callable[..., Tensor],
    task: Task = last_named,
    *,
    length: int = LONGEST,
    n_rows: int = 128,
    mask: Bool[Tensor, "position key"] | None = None,
) -> Float[Tensor, "position"]:
    """At each position, the share of new rows on which the answer is right; NaN where nothing is asked.

    answer: a model, whose largest logit counts, or a function from ids to ids
    mask:   for a model: where it may look, besides causality
    """
    ids, right = task(n_rows, length, 1_000_003)  # a seed that no training uses
    said = answer(ids) if mask is None else answer(ids, mask=mask[None])
    said = said.argmax(dim=-1) if said.ndim == 3 else said
    return (said == right).sum(dim=0) / (right != IGNORE).sum(dim=0)  # 0/0 is NaN


def beyond(accuracies: Float[Tensor, "position"], first: int = 4 * TRAINED_LENGTH, end: int | None = None) -> float:
    """The mean accuracy from position `first` to before `end`, where it was asked for."""
    return accuracies[first:end].nanmean().item()
