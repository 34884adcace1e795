"""Signals through many layers: as large as theory says."""

import math

import pytest

from llmcourse.analysis.signals import plain_stack, residual_stream, rms
from llmcourse.errors import CourseError
from llmcourse.model import ModelConfig


@pytest.mark.parametrize("size", [0.8, 1.0, 1.25])
def test_a_stack_multiplies_signal_and_gradient_by_its_size_in_every_layer(size):
    forward, backward = plain_stack(32, size, width=256)
    assert len(forward) == len(backward) == 33
    for measured in (forward[-1] / forward[0], backward[0] / backward[-1]):
        assert math.log(measured) == pytest.approx(32 * math.log(size), abs=0.5)


def test_residual_scaling_makes_depth_invisible():
    config = ModelConfig(vocab_size=20, context=32, d_model=16, n_heads=2)
    scaled = [residual_stream(config, depth) for depth in (2, 16)]
    plain = [residual_stream(config, depth, scaled=False) for depth in (2, 16)]
    for part in (0, 1):  # the stream, the gradient
        assert scaled[1][part] == pytest.approx(scaled[0][part], rel=0.3)
        assert plain[1][part] > 1.7 * plain[0][part]


def test_no_layers():
    with pytest.raises(CourseError, match="at least 1 layer"):
        plain_stack(0, 1.0)


def test_rms():
    import torch

    assert rms(torch.tensor([3.0, -3.0])) == 3
