"""How large a signal is after many layers, and how large the gradient that comes back: what initialization decides.

A layer of n numbers with random weights of size s/√n multiplies a signal by about s. After L layers that is s to the
power L, and the gradient on its way back meets the same factors. Only s = 1 survives a deep network.

On a residual stream the layers add up instead of multiplying: 2 L equal contributions make it about √(2 L) times as
large, unless each is made smaller by that factor from the start (GPT-2).

Papers: Glorot and Bengio 2010, "Understanding the Difficulty of Training Deep Feedforward Neural Networks"; Radford et
al. 2019, section 2.3, for the residual scaling.
"""

import math
from dataclasses import replace

import torch
from jaxtyping import Float
from torch import Tensor

from llmcourse.errors import CourseError
from llmcourse.model import GPT, ModelConfig
from llmcourse.model.initialization import OUTPUT_PROJECTIONS
from llmcourse.model.recording import record

Number = int | float


def rms(x: Float[Tensor, "..."]) -> float:
    """The typical size of the numbers of a tensor: the root of their mean square."""
    return x.detach().double().square().mean().sqrt().item()


def plain_stack(depth: int, size: Number, width: int = 128, seed: int = 0) -> tuple[list[float], list[float]]:
    """Sizes of the signal after 0 … `depth` linear layers of size/√width, and of the gradient at the same places.

    A signal of size 1 goes in; a gradient of size 1 comes in from behind. Raises CourseError when there is no layer.
    """
    if depth < 1:
        raise CourseError(f"a stack needs at least 1 layer, not {depth}")
    generator = torch.Generator().manual_seed(seed)
    draw = {"generator": generator, "dtype": torch.float64}
    layers = [torch.randn(width, width, **draw) * size / math.sqrt(width) for _ in range(depth)]  # type: ignore[call-overload]
    x, gradient = torch.randn(2, 256, width, **draw)  # type: ignore[call-overload]
    forward, backward = [rms(x)], [rms(gradient)]
    for layer in layers:
        x = x @ layer
        forward.append(rms(x))
    for layer in reversed(layers):
        gradient = gradient @ layer.mT
        backward.append(rms(gradient))
    return forward, backward[::-1]


def residual_stream(config: ModelConfig, n_layers: int, scaled: bool = True, seed: int = 0) -> tuple[float, float]:
    """An untrained GPT of so many layers: (growth of the stream from first to last, growth of the gradient on its way
    back). `scaled=False` undoes the course's 1/√(2 n_layers) on all that writes into the stream."""
    model = GPT(replace(config, n_layers=n_layers, zero_init_outputs=False, copy_init=False)).initialize(seed)
    if not scaled:
        with torch.no_grad():
            for name, parameter in model.named_parameters():
                if name.endswith(OUTPUT_PROJECTIONS):
                    parameter.mul_(math.sqrt(2 * n_layers))
    generator = torch.Generator().manual_seed(seed)
    ids = torch.randint(config.vocab_size, (4, 32), generator=generator)
    last = f"blocks.{n_layers - 1}.residual_out"
    with record(model, "embeddings", last, keep_grad=True) as trace:
        model(ids)
        end = trace[last]
        end.backward(torch.randn(end.shape, generator=generator))
    start = trace["embeddings"]
    assert start.grad is not None
    assert end.grad is not None
    return rms(end) / rms(start), rms(start.grad) / rms(end.grad)
