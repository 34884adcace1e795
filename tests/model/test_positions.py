import math
from collections.abc import Callable

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from llmcourse.errors import CourseError
from llmcourse.model import (
    BERT,
    GPT,
    LearnedPositions,
    ModelConfig,
    RotaryPositions,
    SinusoidalPositions,
    apply_rotary,
    rotary_table,
    sinusoidal_positions,
)
from llmcourse.model.positions import rotation_angles


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


def test_sinusoidal_similarities_depend_on_the_distance_alone() -> None:
    table = sinusoidal_positions(120, 32)
    alike = table @ table.T
    for distance in (0, 1, 7, 50):
        diagonal = alike.diagonal(distance)
        torch.testing.assert_close(diagonal, diagonal[:1].expand_as(diagonal), atol=1e-3, rtol=1e-3)


def test_an_encoder_without_positions_is_blind_to_order_at_any_depth() -> None:
    model = BERT(ModelConfig(vocab_size=23, d_model=16, n_heads=4, n_layers=3, positions="none")).eval()
    forward, swapped = torch.tensor([[5, 6, 7]]), torch.tensor([[6, 5, 7]])
    torch.testing.assert_close(model(forward)[0, -1], model(swapped)[0, -1], atol=1e-5, rtol=1e-5)


def test_two_causal_layers_without_positions_are_not(make_model: Callable[..., GPT]) -> None:
    model = make_model(positions="none", n_layers=2)
    forward, swapped = torch.tensor([[5, 6, 7]]), torch.tensor([[6, 5, 7]])
    assert not torch.allclose(model(forward)[0, -1], model(swapped)[0, -1], atol=1e-4)


@pytest.mark.parametrize("width", [-2, 0, 1, 7])
def test_a_width_that_cannot_be_paired(width: int) -> None:
    for make in (sinusoidal_positions, rotary_table):
        with pytest.raises(CourseError, match=rf"{width} dimensions cannot be paired"):
            make(4, width)


@pytest.mark.parametrize("positions", [LearnedPositions(9, 4), SinusoidalPositions(9, 4)])
@pytest.mark.parametrize(("start", "n"), [(0, 10), (9, 1), (-1, 2), (0, 10**9)])
def test_positions_that_are_not_there(positions: torch.nn.Module, start: int, n: int) -> None:
    with pytest.raises(CourseError, match=rf"positions {start} to {start + n - 1} are not all there: .* ends at 8"):
        positions(start, n)


def test_no_positions_are_an_empty_table() -> None:
    assert LearnedPositions(9, 4)(3, 0).shape == (0, 4)
    assert sinusoidal_positions(0, 4).shape == (0, 4)
    assert RotaryPositions(9, 4)(torch.zeros(2, 1, 0, 4)).shape == (2, 1, 0, 4)


def test_rotations_that_do_not_fit() -> None:
    rotary = RotaryPositions(context=9, d_head=4)
    with pytest.raises(CourseError, match=r"for 4 dimensions, not for a \(1, 1, 3, 6\)"):
        rotary(torch.zeros(1, 1, 3, 6))
    with pytest.raises(CourseError, match="positions 7 to 9 are not all there"):
        rotary(torch.zeros(1, 1, 3, 4), start=7)


def test_a_nan_stays_in_its_own_pair() -> None:
    x = torch.ones(1, 1, 2, 4)
    x[0, 0, 1, 0] = torch.nan
    turned = RotaryPositions(9, 4)(x)
    assert turned.isnan().nonzero()[:, 2:].tolist() == [[1, 0], [1, 2]]


def test_rotations_made_longer_leave_the_fast_ones_alone() -> None:
    """Pairs that went round the old context more than `fast` times stay, those below `slow` are slowed down by all of
    the factor, and what lies between lies between."""
    speeds = rotation_angles(2, 64, 10_000.0)[1]
    longer = rotation_angles(2, 64, 10_000.0, (8.0, 1.0, 4.0, 256))[1]
    rounds = 256 * speeds / (2 * math.pi)
    torch.testing.assert_close(longer[rounds > 4], speeds[rounds > 4])
    torch.testing.assert_close(longer[rounds < 1], speeds[rounds < 1] / 8)
    between = (rounds > 1) & (rounds < 4)
    assert between.any()
    assert ((longer < speeds) & (longer > speeds / 8))[between].all()
    same = rotation_angles(2, 64, 10_000.0, (1.0, 1.0, 4.0, 256))[1]
    torch.testing.assert_close(same, speeds)


def test_a_model_of_shapes_has_real_tables() -> None:
    """What is built without numbers, to be filled from a file, must not lack what no file holds."""
    with torch.device("meta"):
        tables = [RotaryPositions(8, 4), SinusoidalPositions(8, 4)]
    for table, real in zip(tables, [RotaryPositions(8, 4), SinusoidalPositions(8, 4)], strict=True):
        for name, buffer in table.named_buffers():
            assert torch.equal(buffer, dict(real.named_buffers())[name])
