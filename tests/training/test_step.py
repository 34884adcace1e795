"""One step of the notebook is one step of the loop."""

from collections.abc import Callable

import torch

from llmcourse.model import GPT
from llmcourse.training import Batches, TrainConfig, train
from llmcourse.training.optimizer import make_optimizers
from llmcourse.training.step import training_step


def test_steps_are_those_of_the_loop(make_model: Callable[..., GPT], make_batches: Callable[..., Batches]) -> None:
    config = TrainConfig(steps=5, schedule="constant", warmup=0.0, clip=0.1)
    looped, stepped = make_model(), make_model()
    history = train(looped, make_batches(), config)
    (optimizer,), batches = make_optimizers(stepped, config), make_batches()
    losses = [training_step(stepped, optimizer, next(batches), clip=0.1) for _ in range(5)]
    assert losses == history.losses
    assert all(torch.equal(a, b) for a, b in zip(looped.parameters(), stepped.parameters(), strict=True))
    assert all(parameter.grad is None for parameter in stepped.parameters())
