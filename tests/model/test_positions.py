import math
from collections.abc import Callable

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from llmcourse.model import (
    GPT,
    LearnedPositions,
    RotaryPositions,
    SinusoidalPositions,
    apply_rotary,
    rotary_table,
    sinusoidal_positions,
)


def test_sinusoidal_positions_follow_the_formula() -> None:
    table = sinusoidal_positions(50, 12)
    for position in (0, 1, 17, 49):
        for pair in range(6):
            angle = position / 10_000 ** (2 * pair / 12)
            assert table[position, 2 * pair].item() == pytest.approx(math.sin(angle), abs=1e-5)
            assert table[position, 2 * pair + 1].item() == pytest.approx(math.cos(angle), abs=1e-5)


@given(first=st.integers(0, 40), second=st.integers(0, 40), shift=st.integers(0, 40), seed=st.integers(0, 9))
def test_rotary_scores_depend_on_the_distance_alone(first: int, second: int, shift: int, seed: int) -> None:
    torch.manual_seed(seed)
    q, k = torch.randn(1, 1, 1, 8), torch.randn(1, 1, 1, 8)
    rotary = RotaryPositions(context=100, d_head=8)

    def score(at_q: int, at_k: int) -> float:
        return (rotary(q, at_q) * rotary(k, at_k)).sum().item()

    assert score(first, second) == pytest.approx(score(first + shift, second + shift), abs=1e-4)


def test_rotary_scores_depend_on_the_distance() -> None:
    q = k = torch.ones(1, 1, 1, 8)
    rotary = RotaryPositions(context=100, d_head=8)
    near, far = ((rotary(q, 20) * rotary(k, at)).sum().item() for at in (19, 10))
    assert abs(near - far) > 0.1


@given(position=st.integers(0, 99), seed=st.integers(0, 9))
def test_rotation_keeps_lengths(position: int, seed: int) -> None:
    torch.manual_seed(seed)
    x = torch.randn(2, 3, 1, 16)
    turned = RotaryPositions(context=100, d_head=16)(x, position)
    torch.testing.assert_close(turned.norm(dim=-1), x.norm(dim=-1))
    # Each pair of dimensions keeps its own length: it is turned, not mixed with others.
    torch.testing.assert_close(turned.unflatten(-1, (2, 8)).norm(dim=-2), x.unflatten(-1, (2, 8)).norm(dim=-2))


def test_rotation_is_multiplication_by_a_complex_number() -> None:
    x = torch.randn(2, 3, 10, 8)
    turned = apply_rotary(x, *rotary_table(10, 8, theta=100.0))
    angles = torch.outer(torch.arange(10.0), torch.tensor([100.0 ** (-2 * pair / 8) for pair in range(4)]))
    expected = torch.complex(*x.chunk(2, dim=-1)) * torch.polar(torch.ones_like(angles), angles)
    torch.testing.assert_close(turned, torch.cat([expected.real, expected.imag], dim=-1))


def test_the_first_position_is_not_turned() -> None:
    x = torch.randn(1, 2, 1, 8)
    assert torch.equal(RotaryPositions(10, 8)(x), x)


@pytest.mark.parametrize("positions", [LearnedPositions(9, 4), SinusoidalPositions(9, 4)])
def test_added_positions_can_start_anywhere(positions: torch.nn.Module) -> None:
    assert torch.equal(positions(3, 5), positions(0, 9)[3:8])


@pytest.mark.parametrize("positions", ["rotary", "sinusoidal"])
def test_computed_tables_are_not_saved(make_model: Callable[..., GPT], positions: str) -> None:
    model = make_model(positions=positions)
    assert list(model.buffers())
    assert set(model.state_dict()) == {name for name, _ in model.named_parameters()}


@pytest.mark.parametrize("positions", ["rotary", "learned", "sinusoidal"])
def test_order_matters_with_positions(make_model: Callable[..., GPT], positions: str) -> None:
    forward, swapped = torch.tensor([[5, 6, 7]]), torch.tensor([[6, 5, 7]])
    model = make_model(positions=positions, n_layers=1)
    assert not torch.allclose(model(forward)[0, -1], model(swapped)[0, -1], atol=1e-3)


def test_one_layer_without_positions_sees_a_bag_of_words(make_model: Callable[..., GPT]) -> None:
    forward, swapped = torch.tensor([[5, 6, 7]]), torch.tensor([[6, 5, 7]])
    model = make_model(positions="none", n_layers=1)
    torch.testing.assert_close(model(forward)[0, -1], model(swapped)[0, -1])
