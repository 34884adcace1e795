import copy

import torch

from llmcourse.analysis.training_cost import seconds_per_step, training_cost
from llmcourse.model import GPT, ModelConfig
from llmcourse.training.batches import Batch
from llmcourse.training.finetuning import count_trained
from llmcourse.training.tuning import LoRA, Method

BATCH = Batch(torch.arange(1, 13).reshape(2, 6), torch.arange(2, 14).reshape(2, 6))


def small() -> GPT:
    return GPT(ModelConfig(vocab_size=20, context=8, d_model=32, n_layers=2, n_heads=2)).initialize(0)


def test_what_is_trained_is_counted_four_times() -> None:
    model = small()
    numbers = sum(p.numel() for p in model.parameters())
    cost = training_cost(model, BATCH)
    assert (cost.weights, cost.gradients, cost.optimizer) == (4 * numbers, 4 * numbers, 8 * numbers)
    assert cost.activations > 0
    assert cost.total == 16 * numbers + cost.activations
    assert cost.megabytes()["weights"] == 4 * numbers / 1e6


def test_what_is_frozen_is_counted_once() -> None:
    model = LoRA(rank=2).add_to(small())
    cost, full = training_cost(model, BATCH), training_cost(small(), BATCH)
    trained = count_trained(model)
    assert (cost.gradients, cost.optimizer) == (4 * trained, 8 * trained)
    assert cost.weights == full.weights + 4 * trained


def test_activations_are_kept_only_above_what_is_trained() -> None:
    head = training_cost(Method(also=["unembedding"]).add_to(small()), BATCH)
    low = training_cost(Method(also=["blocks.0"]).add_to(small()), BATCH)
    high = training_cost(Method(also=["blocks.1"]).add_to(small()), BATCH)
    assert head.activations < high.activations < low.activations


def test_the_model_is_left_alone() -> None:
    model = small().eval()
    before = copy.deepcopy(model.state_dict())
    training_cost(model, BATCH)
    seconds_per_step(model, BATCH, repeats=1)
    assert not model.training
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert all(parameter.grad is None for parameter in model.parameters())


def test_the_shortest_time_counts_and_the_first_does_not() -> None:
    ticks = iter([10.0, 13.0, 20.0, 22.0, 30.0, 35.0])  # steps of 3, 2 and 5 seconds, after one that nobody timed
    assert seconds_per_step(small(), BATCH, repeats=3, clock=lambda: next(ticks)) == 2.0
