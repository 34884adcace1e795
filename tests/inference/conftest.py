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
        model = GPT(ModelConfig(**{**defaults, **settings})).initialize(seed)
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.mul_(10) if parameter.ndim == 2 else parameter.add_(0.1)
        return model.eval()

    return make
