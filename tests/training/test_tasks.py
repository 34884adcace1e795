import math

import pytest
import torch
from torch import nn

from llmcourse.errors import CourseError
from llmcourse.model import BERT, GPT, ModelConfig
from llmcourse.training.loss import causal_lm_loss
from llmcourse.training.tasks import learn, next_symbol, random_symbols, reversal

CONFIG = ModelConfig(vocab_size=10, context=16, d_model=32, n_layers=1, n_heads=1, positions="learned")


def loss_of(model, batch):
    return causal_lm_loss(model(batch.ids), batch.targets)


def test_the_tasks() -> None:
    ids = torch.arange(6).view(2, 3)
    assert reversal(ids).targets.tolist() == [[2, 1, 0], [5, 4, 3]]
    assert next_symbol(ids).ids.tolist() == [[0, 1], [3, 4]]
    assert next_symbol(ids).targets.tolist() == [[1, 2], [4, 5]]
    drawn = random_symbols(500, torch.Generator().manual_seed(0))
    assert drawn.shape == (500, 16)
    assert drawn.float().mean().item() == pytest.approx(4.5, abs=0.1)


@pytest.mark.parametrize("seed", [0, 1])
def test_an_encoder_learns_to_reverse_and_a_decoder_cannot(seed: int) -> None:
    """The recipe of notebook 07, with the number of steps that it takes there."""
    new = reversal(random_symbols(300, torch.Generator().manual_seed(99)))
    right = {}
    for family in (BERT, GPT):
        model = family(CONFIG).initialize(seed)
        learn(model, lambda generator: reversal(random_symbols(128, generator)), loss_of, steps=250, seed=seed)
        right[family] = (model(new.ids).argmax(-1) == new.targets).float().mean(0)  # by position
    assert right[BERT].min() == 1
    assert right[GPT][8:].min() > 0.97
    assert right[GPT][:8].max() < 0.25


def test_learning_is_reproducible_and_leaves_the_dice_alone() -> None:
    torch.manual_seed(5)
    state, runs = torch.get_rng_state(), []
    for seed in (1, 1, 2):
        model = BERT(CONFIG).initialize(0)
        runs.append(learn(model, lambda g: reversal(random_symbols(4, g)), loss_of, steps=3, seed=seed))
        assert not model.training
    assert runs[0] == runs[1] != runs[2]
    assert runs[0][0] == pytest.approx(math.log(10), abs=0.5)
    assert torch.random.get_rng_state().shape == state.shape


def test_what_cannot_be_learned() -> None:
    model = nn.Linear(1, 1)
    with pytest.raises(CourseError, match="steps=0 must be 1 or more"):
        learn(model, lambda g: None, loss_of, steps=0)
    with pytest.raises(CourseError, match="the loss is nan at step 1: try a lower learning rate than 0.004"):
        learn(model, lambda g: None, lambda m, b: m(torch.tensor([math.nan])).sum())
