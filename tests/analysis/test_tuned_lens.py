"""The tuned lens: untrained it is the logit lens, trained it is nearer, and the model stays as it is."""

import pytest
import torch

from llmcourse.analysis.logit_lens import logit_lens
from llmcourse.analysis.tuned_lens import TunedLens, divergence, stream, train_tuned_lens
from llmcourse.errors import CourseError
from llmcourse.model import GPT, ModelConfig


@pytest.fixture(scope="module")
def model() -> GPT:
    model = GPT(ModelConfig(vocab_size=20, d_model=16, n_layers=2, n_heads=2, dropout=0.3)).initialize(0)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(3)
    return model


IDS = torch.randint(1, 20, (24, 9), generator=torch.Generator().manual_seed(0))
LENGTHS = torch.tensor([9, 5] * 12)


def test_untrained_it_is_the_logit_lens(model: GPT) -> None:
    lens = TunedLens(model)
    with torch.no_grad():
        torch.testing.assert_close(lens(model.eval(), stream(model, IDS)), logit_lens(model, IDS))


def test_training_brings_it_nearer_and_leaves_the_model_alone(model: GPT) -> None:
    before = {name: value.clone() for name, value in model.state_dict().items()}
    model.train()
    lens = train_tuned_lens(model, IDS, LENGTHS, steps=40)
    assert model.training
    model.eval()
    states = stream(model, IDS)
    with torch.no_grad():
        tuned, plain = (divergence(one(model, states), LENGTHS) for one in (lens, TunedLens(model)))
    assert (tuned[:-1] < plain[:-1]).all()
    assert tuned[-1] == 0
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
    assert all(parameter.grad is None for parameter in model.parameters())


def test_padding_does_not_count() -> None:
    logits = torch.randn(2, 2, 4, 5)
    other = logits.clone()
    other[0, 1, 2:] += torch.randn(2, 5)
    lengths = torch.tensor([4, 2])
    torch.testing.assert_close(divergence(logits, lengths), divergence(other, lengths))
    assert (divergence(logits, lengths) >= 0).all()


def test_states_that_do_not_fit(model: GPT) -> None:
    with pytest.raises(CourseError, match="3 layers of vectors 16 wide"):
        TunedLens(model)(model, torch.zeros(2, 1, 4, 16))
