"""A task that needs long range, whose answers and limits are known: *which value came with this key?*

A row shows some pairs of a key and a value, all drawn by lot, and then asks for each key once, in another order. Who
can look back at all pairs can answer everything. Who does not reach a pair can only guess: 1 in VALUES, exactly.

A pair is one token (both embeddings, added), so that one layer is enough: what is compared is how a layer reaches back,
and not how it learns to combine two tokens. Arora et al. (2023), Zoology, use such a task with real pairs.
"""

from dataclasses import dataclass

import torch
import torch.nn.functional as F
from jaxtyping import Float, Int
from torch import Tensor, nn

from llmcourse.analysis.meter import Meter
from llmcourse.errors import CourseError
from llmcourse.model.attention import scaled_dot_product_attention
from llmcourse.model.efficient import StateSpace, chunked_linear_attention, sliding_window_attention
from llmcourse.model.masks import causal_mask
from llmcourse.model.normalization import RMSNorm
from llmcourse.training.tasks import learn

KEYS = 64
VALUES = 16
MOST_PAIRS = 32
TRAINED_ON = (4, 8, 16, 32)  # numbers of pairs, each as often as the others


@dataclass(frozen=True)
class Recall:
    """Rows of pairs, then of questions. At a question the value is VALUES, which stands for "?"."""

    keys: Int[Tensor, "row position"]
    values: Int[Tensor, "row position"]
    answers: Int[Tensor, "row question"]  # the last positions of the row
    distance: Int[Tensor, "row question"]  # how many positions the pair lies behind its question


def draw_recall(n_rows: int, n_pairs: int, generator: torch.Generator) -> Recall:
    """`n_rows` rows of `n_pairs` pairs and as many questions. Raises CourseError for more pairs than there are keys."""
    if not 1 <= n_pairs <= KEYS:
        raise CourseError(f"n_pairs={n_pairs} must be between 1 and {KEYS}, the number of different keys")
    keys = torch.rand(n_rows, KEYS, generator=generator).argsort(dim=1)[:, :n_pairs]
    values = torch.randint(0, VALUES, (n_rows, n_pairs), generator=generator)
    order = torch.rand(n_rows, n_pairs, generator=generator).argsort(dim=1)  # which pair each question is about
    asked = torch.full_like(values, VALUES)
    distance = n_pairs + torch.arange(n_pairs) - order
    return Recall(
        torch.cat([keys, keys.gather(1, order)], dim=1),
        torch.cat([values, asked], dim=1),
        values.gather(1, order),
        distance,
    )


class RecallModel(nn.Module):
    """One layer of some kind that reaches back, one feed-forward layer, and the answer.

    kind:     "full" attention, attention in a sliding "window", "linear" attention, or a "state space"
    d_state:  the width of queries and keys. The last two remember d_state · d_model numbers, the first two everything
              they can reach.
    """

    def __init__(self, kind: str, d_model: int = 32, d_state: int = 16, window: int = 16):
        super().__init__()
        if kind not in ("full", "window", "linear", "state space"):
            raise CourseError(f"kind={kind!r} is unknown: 'full', 'window', 'linear' or 'state space'")
        self.kind, self.window, self.d_state = kind, window, d_state
        self.key, self.value = nn.Embedding(KEYS, d_model), nn.Embedding(VALUES + 1, d_model)
        self.norm, self.last_norm = RMSNorm(d_model), RMSNorm(d_model)
        if kind == "state space":
            self.layer = StateSpace(d_model, d_state)
        else:
            self.w_q, self.w_k = (nn.Linear(d_model, d_state, bias=False) for _ in range(2))
            self.w_v, self.w_o = (nn.Linear(d_model, d_model, bias=False) for _ in range(2))
        self.feed_forward = nn.Sequential(nn.Linear(d_model, 2 * d_model), nn.ReLU(), nn.Linear(2 * d_model, VALUES))

    def forward(
        self, keys: Int[Tensor, "row position"], values: Int[Tensor, "row position"]
    ) -> Float[Tensor, "row position value"]:
        x = self.key(keys) + self.value(values)
        x = x + self.reach_back(self.norm(x))
        return self.feed_forward(self.last_norm(x))

    def reach_back(self, x: Float[Tensor, "row position d_model"]) -> Float[Tensor, "row position d_model"]:
        if self.kind == "state space":
            return self.layer(x)
        q, k, v = self.w_q(x), self.w_k(x), self.w_v(x)
        if self.kind == "linear":
            return self.w_o(chunked_linear_attention(q, k, v))
        if self.kind == "window":
            return self.w_o(sliding_window_attention(q, k, v, self.window))
        return self.w_o(scaled_dot_product_attention(q, k, v, causal_mask(x.shape[1]))[0])


def recall_loss(model: RecallModel, rows: Recall) -> Float[Tensor, ""]:
    """The loss at the questions, in nats."""
    logits = model(rows.keys, rows.values)[:, -rows.answers.shape[1] :]
    return F.cross_entropy(logits.flatten(0, 1), rows.answers.flatten())


def training_operations(model: RecallModel, n_rows: int = 64) -> int:
    """The operations of one training step, forward and backward: the mean over the numbers of pairs in TRAINED_ON."""
    generator = torch.Generator().manual_seed(0)
    with Meter() as meter:
        for n_pairs in TRAINED_ON:
            recall_loss(model, draw_recall(n_rows, n_pairs, generator)).backward()
    model.zero_grad()
    return meter.operations // len(TRAINED_ON)


def train_recall(
    kind: str, operations: int, seed: int = 0, n_rows: int = 64, lr: float = 6e-3, **sizes: int
) -> tuple[RecallModel, int]:
    """A model trained for so many operations, and the number of its steps. `sizes` go to RecallModel."""
    torch.manual_seed(seed)
    model = RecallModel(kind, **sizes)
    steps = max(1, operations // training_operations(model, n_rows))

    def draw(generator: torch.Generator) -> Recall:
        which = int(torch.randint(len(TRAINED_ON), (), generator=generator))
        return draw_recall(n_rows, TRAINED_ON[which], generator)

    learn(model, draw, recall_loss, steps=steps, lr=lr, seed=seed)
    return model, steps


@torch.no_grad()
def recalled(model: RecallModel, n_pairs: int = MOST_PAIRS, n_rows: int = 256) -> tuple[Tensor, Tensor]:
    """(whether each answer is right, its distance) on new rows, one after the other."""
    rows = draw_recall(n_rows, n_pairs, torch.Generator().manual_seed(1_000_003))  # a seed that no training uses
    said = model(rows.keys, rows.values)[:, -n_pairs:].argmax(dim=-1)
    return (said == rows.answers).flatten(), rows.distance.flatten()


def recall_accuracy(model: RecallModel, n_pairs: int = MOST_PAIRS) -> float:
    """The share of right answers on new rows with so many pairs."""
    return recalled(model, n_pairs)[0].float().mean().item()
