"""The arithmetic of the roofline, with a clock that is given."""

from dataclasses import replace
from itertools import count

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from llmcourse.analysis.roofline import Machine, decoding_cost, measure_machine, tokens_per_second
from llmcourse.errors import CourseError
from llmcourse.model import GPT, ModelConfig
from llmcourse.model.published import GPT2_SMALL


def test_a_gpt2_step_by_hand() -> None:
    cost = decoding_cost(GPT2_SMALL, batch=1, length=0)
    weights = sum(p.numel() for name, p in GPT(replace(GPT2_SMALL, n_layers=1)).named_parameters() if "blocks" in name
                  and "norm" not in name) * 12 + 768 * 50_257  # fmt: skip
    assert cost.bytes == 4 * weights
    assert cost.flops == 2 * weights
    assert cost.intensity == 0.5
    assert abs(cost.most_tokens(Machine(bandwidth=cost.bytes * 10.0, flops=1e15)) - 10) < 1e-6
    assert decoding_cost(GPT2_SMALL, 1, 0, bytes_per_weight=1).bytes == weights


@given(batch=st.integers(1, 256), length=st.integers(0, 1024))
def test_the_bound_is_one_of_two(batch: int, length: int) -> None:
    machine, cost = Machine(bandwidth=2e10, flops=1e11), decoding_cost(GPT2_SMALL, batch, length)
    assert machine.ridge == 5.0
    memory, arithmetic = batch * machine.bandwidth / cost.bytes, batch * machine.flops / cost.flops
    assert abs(cost.most_tokens(machine) / min(memory, arithmetic) - 1) < 1e-9
    assert (memory < arithmetic) == (cost.intensity < machine.ridge)
    assert machine.attainable(cost.intensity) <= machine.flops


def test_measured_with_a_clock_that_goes_by_seconds() -> None:
    model = GPT(ModelConfig(vocab_size=23, context=16, d_model=16, n_layers=1))
    ticks = count()
    machine = measure_machine(megabytes=1, size=10, repeats=2, clock=lambda: float(next(ticks)))
    assert machine == Machine(bandwidth=1e6, flops=2000.0)
    assert tokens_per_second(model, batch=3, length=4, repeats=2, clock=lambda: float(next(ticks))) == 3.0


def test_what_has_no_cost() -> None:
    with pytest.raises(CourseError, match="batch=0"):
        decoding_cost(GPT2_SMALL, 0, 1)
    assert torch.is_grad_enabled()
