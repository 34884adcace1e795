from collections.abc import Callable
from typing import Any

import pytest
import torch
from hypothesis import given

from llmcourse.model import GPT, ModelConfig, count_by_part, predict_by_part
from llmcourse.model.published import GPT2_SMALL
from model.strategies import settings_of_models


@given(chosen=settings_of_models())
def test_the_formula_counts_what_is_there(make_model: Callable[..., GPT], chosen: dict[str, Any]) -> None:
    model = make_model(**chosen)
    counted = model.parameters_by_part()
    assert counted == predict_by_part(model.config)
    assert sum(counted.values()) == sum(parameter.numel() for parameter in model.parameters())
    assert count_by_part(model) == counted


def test_gpt2_small() -> None:
    """The number that everybody quotes as 124M."""
    assert sum(predict_by_part(GPT2_SMALL).values()) == 124_439_808
    with torch.device("meta"):
        blocks = torch.nn.ModuleList(GPT(ModelConfig(vocab_size=9, d_model=24, bias=True)).blocks)
    assert sum(p.numel() for p in blocks.parameters()) == pytest.approx(12 * 3 * 24**2, rel=0.05)
