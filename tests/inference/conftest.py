"""Small models for tests."""

from collections.abc import Callable
from typing import Any

import pytest
import torch

from llmcourse.model import GPT, ModelConfig


@pytest.fixture(scope="session")
def make_model() -> Callable[..., GPT]:
    """A tiny GPT with any settings changed. Its weights are large, so that no test passes because nothing happens."""

    def make(seed: int = 0, **settings: Any) -> GPT:
        defaults = {"vocab_size": 23, "context": 16, "d_model": 16, "n_layers": 2, "n_heads": 4}
        model = GPT(ModelConfig(**{**defaults, **settings}))
        generator = torch.Generator().manual_seed(seed)
        with torch.no_grad():
            for parameter in model.parameters():
                if parameter.ndim == 2:
                    parameter.copy_(torch.randn(parameter.shape, generator=generator) * 0.2)
                else:
                    parameter.add_(0.1)
        return model.eval()

    return make
