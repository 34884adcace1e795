"""Another order of memory changes neither names nor shapes nor values."""

from collections.abc import Callable
from typing import Any

import torch
from hypothesis import given, settings

from llmcourse.inference import generate
from llmcourse.inference.layout import lay_out_for_decoding
from llmcourse.model import GPT
from model.strategies import settings_of_models


@settings(max_examples=15)
@given(chosen=settings_of_models())
def test_nothing_changes_but_the_strides(make_model: Callable[..., GPT], chosen: dict[str, Any]) -> None:
    before, after = make_model(**chosen), lay_out_for_decoding(make_model(**chosen))
    for (name, weight), (other, same) in zip(before.named_parameters(), after.named_parameters(), strict=True):
        assert name == other
        assert torch.equal(weight, same)
    linear = after.blocks[0].get_submodule("feedforward.up").weight
    assert linear.stride() == (1, len(linear))
    ids = torch.tensor([[1, 2, 3]])
    torch.testing.assert_close(before(ids), after(ids), atol=1e-5, rtol=1e-5)
    assert torch.equal(generate(before, ids, 6), generate(after, ids, 6))


def test_a_tied_matrix_stays_tied(make_model: Callable[..., GPT]) -> None:
    model = lay_out_for_decoding(make_model(tie_embeddings=True))
    assert model.unembedding.weight is model.token_embedding.weight
