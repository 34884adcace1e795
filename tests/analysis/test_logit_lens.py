"""The logit lens: its last layer is the model, its first the embeddings alone."""

from typing import Any

import pytest
import torch

from llmcourse.analysis.logit_lens import logit_lens
from llmcourse.errors import CourseError
from llmcourse.model import BERT, GPT, EncoderDecoder, ModelConfig

IDS = torch.randint(1, 20, (2, 7), generator=torch.Generator().manual_seed(0))


@pytest.mark.parametrize("norm_position", ["pre", "post"])
@pytest.mark.parametrize("family", [GPT, BERT])
def test_the_last_is_the_model(family: Any, norm_position: Any) -> None:
    model = family(ModelConfig(vocab_size=20, d_model=16, norm_position=norm_position, dropout=0.5)).train()
    lens = logit_lens(model, IDS)
    assert lens.shape == (model.config.n_layers + 1, 2, 7, 20)
    assert model.training
    with torch.no_grad():
        torch.testing.assert_close(lens[-1], model.eval()(IDS))


def test_with_blocks_that_do_nothing_all_layers_say_the_same() -> None:
    model = GPT(ModelConfig(vocab_size=20, d_model=16, zero_init_outputs=True))
    lens = logit_lens(model, IDS)
    assert all(torch.equal(layer, lens[0]) for layer in lens)
    with torch.no_grad():
        model.blocks[1].feedforward.down.weight.normal_()
    lens = logit_lens(model, IDS)
    assert torch.equal(lens[0], lens[1])
    assert not torch.allclose(lens[1], lens[2])


def test_no_lens_for_a_pair() -> None:
    with pytest.raises(CourseError, match="reads a GPT or a BERT, not a EncoderDecoder"):
        logit_lens.__wrapped__.__wrapped__(EncoderDecoder(ModelConfig(vocab_size=20, d_model=16)), IDS)  # type: ignore[attr-defined]
