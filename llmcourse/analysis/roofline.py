"""The roofline: how many tokens per second a machine could write at most, by what it can fetch and what it can compute.

A step fetches every weight once and every key and value once, and computes with them for each text of the batch. It
takes at least as long as the slower of the two. Per byte that is fetched, a step makes some number of operations, its
*intensity*; below the machine's own ratio of operations to bytes the memory sets the bound, above it the arithmetic.

Williams, Waterman and Patterson (2009), Roofline: An Insightful Visual Performance Model for Multicore Architectures.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

import torch

from llmcourse.errors import CourseError
from llmcourse.model.cache import KVCache
from llmcourse.model.config import ModelConfig
from llmcourse.model.counting import predict_by_part
from llmcourse.model.gpt import GPT

Clock = Callable[[], float]


@dataclass(frozen=True)
class Machine:
    """What a machine can do in a second: bytes it can fetch from memory, operations it can do on floats."""

    bandwidth: float
    flops: float

    @property
    def ridge(self) -> float:
        """The intensity, in operations per byte, at which neither has to wait for the other."""
        return self.flops / self.bandwidth

    def attainable(self, intensity: int | float) -> float:
        """Operations per second at this many operations per byte."""
        return min(self.flops, intensity * self.bandwidth)


@dataclass(frozen=True)
class StepCost:
    """What one step of decoding needs for a whole batch: one new token for each text."""

    batch: int
    bytes: int
    flops: int

    @property
    def intensity(self) -> float:
        """Operations per byte."""
        return self.flops / self.bytes

    def most_tokens(self, machine: Machine) -> float:
        """Tokens per second that no program can exceed on this machine, all texts together."""
        return self.batch / max(self.bytes / machine.bandwidth, self.flops / machine.flops)


def decoding_cost(config: ModelConfig, batch: int, length: int, bytes_per_weight: int | float = 4) -> StepCost:
    """What one decoding step of a GPT needs when each text has `length` tokens in the cache.

    Each weight of a matrix is fetched once, and used for one multiplication and one addition for each text; each key
    and value is fetched once, and used once. (Embeddings are looked up, a row for each text: next to nothing.)
    Raises CourseError for an empty batch and a negative length.
    """
    if batch < 1 or length < 0:
        raise CourseError(f"batch={batch} must be 1 or more, and length={length} 0 or more")
    parts = predict_by_part(config)
    weights = parts["attention"] + parts["feed-forward"] + config.d_model * config.vocab_size
    kept = 2 * config.n_layers * config.kv_heads * config.d_head * length * batch  # keys and values
    scored = (
        2 * config.n_layers * config.n_heads * config.d_head * length * batch
    )  # every query meets every key, and takes its value
    return StepCost(batch, round(bytes_per_weight * weights + 4 * kept), 2 * weights * batch + 2 * scored)


def measure_machine(
    megabytes: int = 256, size: int = 1024, repeats: int = 5, clock: Clock = time.perf_counter
) -> Machine:
    """Measure what PyTorch gets out of this machine: the best of some tries, since neighbours only make one slower.

    Bandwidth: adding up a tensor too large for any cache. Arithmetic: the product of two square matrices.
    """
    numbers = torch.ones(megabytes * 250_000)
    fetching = fastest(lambda: numbers.sum(), repeats, clock)
    square = torch.ones(size, size)
    computing = fastest(lambda: square @ square, repeats, clock)
    return Machine(numbers.nbytes / fetching, 2 * size**3 / computing)


@torch.no_grad()
def tokens_per_second(model: GPT, batch: int, length: int, repeats: int = 5, clock: Clock = time.perf_counter) -> float:
    """How many tokens a decoding step writes per second, all texts together, with `length` tokens in the cache."""
    cache = KVCache(model.config)
    model(torch.ones(batch, length, dtype=torch.long), cache=cache)
    new = torch.ones(batch, 1, dtype=torch.long)

    def step() -> None:
        model(new, cache=cache)
        cache.cut(length)

    return batch / fastest(step, repeats, clock)


def fastest(action: Callable[[], object], repeats: int = 5, clock: Clock = time.perf_counter) -> float:
    """Seconds of the quickest of some runs, after one that is not counted."""
    action()
    times = []
    for _ in range(repeats):
        begun = clock()
        action()
        times.append(clock() - begun)
    return max(min(times), 1e-9)
