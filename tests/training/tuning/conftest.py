"""Small models whose weights are large, so that no test passes because nothing happens."""

from collections.abc import Callable

import pytest
import torch
from torch import nn

from llmcourse.model import BERT, GPT, ModelConfig


def shaken(model: nn.Module, seed: int = 0, size: float = 0.3) -> nn.Module:
    """All that can be trained, at random."""
    generator = torch.Generator().manual_seed(seed)
    with torch.no_grad():
        for parameter in model.parameters():
            if parameter.requires_grad:
                parameter.copy_(torch.randn(parameter.shape, generator=generator) * size)
    return model


@pytest.fixture(scope="session")
def make() -> Callable[..., nn.Module]:
    def make_model(family: type = GPT, seed: int = 0, **settings: object) -> nn.Module:
        small = {"vocab_size": 23, "context": 24, "d_model": 16, "n_layers": 2, "n_heads": 4, "n_kv_heads": 2}
        return shaken(family(ModelConfig(**{**small, **settings})), seed).eval()

    return make_model


@pytest.fixture(scope="session")
def ids() -> torch.Tensor:
    return torch.randint(1, 23, (3, 9), generator=torch.Generator().manual_seed(5))


FAMILIES = (GPT, BERT)
