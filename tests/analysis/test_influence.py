import inspect

import pytest
import torch

from llmcourse.analysis.influence import influence, reaches
from llmcourse.errors import CourseError
from llmcourse.model import BERT, GPT, EncoderDecoder, ModelConfig, causal_mask, prefix_mask

CONFIG = ModelConfig(vocab_size=20, context=12, d_model=16, n_layers=2, n_heads=2)
IDS = torch.randint(0, 20, (7,), generator=torch.Generator().manual_seed(0))


def test_a_decoder_is_causal_and_an_encoder_is_not() -> None:
    gpt, bert = GPT(CONFIG).initialize(0), BERT(CONFIG).initialize(0)
    assert torch.equal(reaches(gpt, IDS, 20), causal_mask(7))
    assert reaches(bert, IDS, 20).all()
    assert torch.equal(reaches(lambda ids: bert(ids, prefix_mask(3, 7)[None]), IDS, 20), prefix_mask(3, 7))


def test_the_halves_of_an_encoder_decoder_flow_as_a_prefix_does() -> None:
    model = EncoderDecoder(CONFIG).initialize(0)

    def read(ids):
        memory = model.encode(ids[:, :4])
        return memory, model.decode(ids[:, 4:], memory)

    assert torch.equal(reaches(read, IDS, 20), prefix_mask(4, 7))


def test_a_window_reaches_farther_layer_by_layer() -> None:
    window = causal_mask(7) & causal_mask(7).T.roll(-1, 0)
    window = causal_mask(7) & (torch.arange(7)[:, None] - torch.arange(7) <= 1)
    for layers in (1, 2, 3):
        model = GPT(ModelConfig(**{**CONFIG.to_dict(), "n_layers": layers})).initialize(0)
        expected = causal_mask(7) & (torch.arange(7)[:, None] - torch.arange(7) <= layers)
        assert torch.equal(reaches(lambda ids, m=model: m(ids, window[None]), IDS, 20), expected)


def test_how_far_an_output_moves() -> None:
    table = torch.tensor([[0.0], [1.0], [5.0]])
    moved = influence(lambda ids: table[ids], torch.tensor([0, 1]), 3)
    assert moved.tolist() == [[1.0, 0.0], [0.0, 4.0]]


@pytest.mark.parametrize(("ids", "vocab"), [(IDS[:0], 20), (IDS[None], 20), (IDS, 1)])
def test_bad_input(ids: torch.Tensor, vocab: int) -> None:
    with pytest.raises(CourseError, match="influence needs the ids of one text and two tokens"):
        inspect.unwrap(influence)(lambda ids: ids, ids, vocab)
