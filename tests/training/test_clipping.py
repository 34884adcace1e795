"""`clip_gradients` does what PyTorch does."""

import torch
from hypothesis import given
from hypothesis import strategies as st

from llmcourse.training.clipping import clip_gradients


@given(st.integers(0, 100), st.floats(0.01, 100), st.floats(0.1, 10))
def test_the_same_as_pytorch(seed: int, size: float, largest: float) -> None:
    generator = torch.Generator().manual_seed(seed)
    gradients = [size * torch.randn(shape, generator=generator) for shape in [(3, 4), (5,), (2, 2, 2)]]
    parameters = [torch.nn.Parameter(torch.zeros_like(gradient)) for gradient in gradients]
    for parameter, gradient in zip(parameters, gradients, strict=True):
        parameter.grad = gradient.clone()
    torch.nn.utils.clip_grad_norm_(parameters, largest)
    for parameter, clipped in zip(parameters, clip_gradients(gradients, largest), strict=True):
        torch.testing.assert_close(clipped, parameter.grad, rtol=1e-4, atol=1e-6)


def test_short_gradients_and_zeros_stay() -> None:
    short = [torch.tensor([0.3, 0.4])]
    assert torch.equal(clip_gradients(short, 1.0)[0], short[0])
    assert torch.equal(clip_gradients([torch.zeros(3)], 1.0)[0], torch.zeros(3))
