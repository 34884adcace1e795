"""A small GPT, a hundred steps, any optimizer: to compare rules where nothing else differs.

The loop is the bare one, so that the rule alone decides: no schedule and no clipping unless asked for. Chapter 10 has
the real one.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from torch import nn

from llmcourse.corpus.tokenizers import Tokenizer
from llmcourse.errors import CourseError
from llmcourse.model import GPT, ModelConfig
from llmcourse.training.batches import Batches
from llmcourse.training.loss import causal_lm_loss
from llmcourse.training.optimizers import Optimizer

Number = int | float
GIVE_UP = 20.0  # nats per token: more than thrice what pure guessing costs here


@dataclass(frozen=True)
class ShortRun:
    """The model after a run, and the loss of each step's batch before that step."""

    model: GPT
    losses: list[float]
    came_apart: bool

    @property
    def curve(self) -> list[tuple[int, float]]:
        """(step, loss averaged over the last ten batches)."""
        last = [self.losses[max(0, end - 10) : end] for end in range(1, len(self.losses) + 1)]
        return [(step, sum(some) / len(some)) for step, some in enumerate(last)]


def small_config(vocab_size: int) -> ModelConfig:
    """Two layers, 64 wide: 0.14 million parameters in the story world."""
    return ModelConfig(vocab_size, d_model=64, n_layers=2, n_heads=4, norm="rmsnorm", activation="relu2", qk_norm=True)


def short_run(
    rule: Callable[[GPT], list[Optimizer]],
    documents: Sequence[str],
    tokenizer: Tokenizer,
    steps: int = 100,
    schedule: Callable[[float], float] = lambda progress: 1.0,
    clip: Number | None = None,
    seed: int = 0,
) -> ShortRun:
    """Train the small GPT from scratch: the same `seed` gives the same first weights and the same batches.

    rule:      makes the optimizers of a model: `lambda model: [SGD(model.parameters(), lr=0.3)]`
    schedule:  progress from 0 to 1 → what the rule's own learning rates are multiplied by

    A run whose loss goes beyond all bounds ends there, and says so in `came_apart`. Raises CourseError when there is
    no step to take.
    """
    if steps < 1:
        raise CourseError(f"a run needs at least 1 step, not {steps}")
    model = GPT(small_config(tokenizer.vocab_size)).initialize(seed)
    batches = Batches(documents, tokenizer, model.config.context, batch_size=8, seed=seed)
    optimizers = rule(model)
    peaks = [optimizer.lr for optimizer in optimizers]
    losses: list[float] = []
    for step in range(steps):
        batch = next(batches)
        loss = causal_lm_loss(model(batch.ids), batch.targets)
        losses.append(loss.item())
        if not loss < GIVE_UP:
            return ShortRun(model, losses, came_apart=True)
        loss.backward()
        if clip is not None:
            nn.utils.clip_grad_norm_(model.parameters(), clip)
        for optimizer, peak in zip(optimizers, peaks, strict=True):
            optimizer.lr = peak * schedule(step / steps)
            optimizer.step()
            optimizer.zero_grad()
    return ShortRun(model, losses, came_apart=False)
