"""The meter against costs that are known from the formula, and slopes against powers."""

import pytest
import torch

from llmcourse.analysis.meter import Meter, count_cost, slope
from llmcourse.model import causal_mask, scaled_dot_product_attention
from llmcourse.model.efficient import chunked_attention, sliding_window_attention


def plain(q, k, v):
    return scaled_dot_product_attention(q, k, v, causal_mask(len(q), device=q.device))[0]


def test_a_matrix_product_is_counted_by_its_formula():
    a, b = torch.randn(3, 5), torch.randn(5, 7)
    with Meter() as meter:
        product = a @ b
    assert meter.operations == 2 * 3 * 5 * 7
    assert meter.most_bytes == product.nbytes


def test_views_cost_nothing_and_what_is_gone_makes_room():
    x = torch.ones(100)
    with Meter() as meter:
        x.view(10, 10).T.unflatten(0, (2, 5))
        assert (meter.operations, meter.most_bytes) == (0, 0)
        for _ in range(5):
            y = x + 1
            del y
    assert meter.operations == 500
    assert meter.most_bytes == 400
    assert meter.bytes == 0


def test_what_is_written_in_place_takes_no_more_room():
    x = torch.zeros(50)
    with Meter() as meter:
        x += 1
    assert (meter.operations, meter.most_bytes) == (50, 0)


@pytest.mark.parametrize("way", [plain, chunked_attention])
def test_shapes_alone_cost_as_much_as_numbers(way):
    inputs = [torch.randn(96, 8) for _ in range(3)]
    with torch.no_grad(), Meter() as meter:
        way(*inputs)
    assert count_cost(way, [(96, 8)] * 3) == (meter.operations, meter.most_bytes)


def test_the_slopes_of_attention():
    lengths = (256, 512, 1024)
    costs = {n: count_cost(plain, [(n, 8)] * 3) for n in lengths}
    assert slope({n: c[0] for n, c in costs.items()}) == pytest.approx(2, abs=0.01)
    assert slope({n: c[1] for n, c in costs.items()}) == pytest.approx(2, abs=0.01)
    band = {n: count_cost(lambda q, k, v: sliding_window_attention(q, k, v, 16), [(n, 8)] * 3)[0] for n in lengths}
    assert slope(band) == pytest.approx(1, abs=0.02)


@pytest.mark.parametrize("power", [0.5, 1, 2, 3])
def test_the_slope_of_a_power_is_the_power(power):
    assert slope([(n, 7 * n**power) for n in (1, 2, 4, 8)]) == pytest.approx(power)
    assert slope({1: 1000.0, 2: 2.0**power, 4: 4.0**power, 8: 8.0**power}, start=2) == pytest.approx(power)
