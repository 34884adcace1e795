"""The transformers library makes the same of the same weights, and writes the same text."""

from collections.abc import Callable
from dataclasses import replace

import pytest
import torch

from llmcourse.errors import CourseError
from llmcourse.inference import generate
from llmcourse.inference.layout import lay_out_for_decoding
from llmcourse.inference.library import as_transformers_gpt2
from llmcourse.model import GPT
from llmcourse.model.published import GPT2_SMALL

TINY = replace(GPT2_SMALL, vocab_size=61, context=64, d_model=24, n_layers=2, n_heads=4)


@pytest.mark.parametrize("seed", [0, 1])
def test_the_library_writes_the_same_text(seed: int) -> None:
    pytest.importorskip("transformers")
    model = GPT(TINY).initialize(seed).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(0.2 * torch.randn(parameter.shape, generator=torch.Generator().manual_seed(seed)))
    theirs, ids = as_transformers_gpt2(model), torch.tensor([[5, 9, 11]])
    with torch.no_grad():
        torch.testing.assert_close(model(ids), theirs(ids).logits, atol=1e-4, rtol=1e-4)
    written = theirs.generate(ids, max_new_tokens=30, do_sample=False, pad_token_id=0)
    assert torch.equal(generate(model, ids, 30), written)
    assert torch.equal(generate(lay_out_for_decoding(model), ids, 30), written)


def test_a_model_that_is_no_gpt2(make_model: Callable[..., GPT]) -> None:
    pytest.importorskip("transformers")
    with pytest.raises(CourseError, match="cannot be written as GPT-2"):
        as_transformers_gpt2(make_model())
