"""Rows said twice: who copies is found, and who does not is not."""

import math

import pytest
import torch

from llmcourse.analysis.induction import repeat_losses, repeat_scores, repeated, train_on_repeats
from llmcourse.errors import CourseError
from llmcourse.model import GPT, ModelConfig, record


def rows(length: int = 6, batch: int = 4) -> torch.Tensor:
    return repeated(range(3, 23), length, batch, torch.Generator().manual_seed(0))


def make_model() -> GPT:
    return GPT(ModelConfig(vocab_size=23, context=32, d_model=16, n_layers=2, n_heads=2)).initialize(0)


def test_a_row_of_different_tokens_and_the_same_once_more() -> None:
    ids = rows()
    assert ids.shape == (4, 12)
    assert torch.equal(ids[:, :6], ids[:, 6:])
    assert all(len(set(row.tolist())) == 6 for row in ids)
    assert ids.min() >= 3
    assert len({tuple(row.tolist()) for row in ids}) > 1
    with pytest.raises(CourseError, match="cannot draw 21 different tokens from 20"):
        rows(length=21)


@pytest.mark.parametrize("start", [0, 1])
@pytest.mark.parametrize(("pattern", "back"), [("induction", 5), ("same token", 6), ("previous token", 1)])
def test_a_head_that_follows_a_pattern_scores_one(start: int, pattern: str, back: int) -> None:
    ids = torch.cat([torch.zeros(4, start, dtype=torch.long), rows()], dim=1)

    def look_back(weights: torch.Tensor) -> torch.Tensor:
        made = torch.zeros_like(weights)
        made[..., 0] = 1.0
        for query in range(back, weights.shape[-1]):
            made[:, 1, query] = 0.0
            made[:, 1, query, query - back] = 1.0
        return made

    model = make_model()
    with record(model, edit={"blocks.1.attention.weights": look_back}):
        scores = repeat_scores(model, ids, start)
    assert {name: each[1, 1].item() for name, each in scores.items()} == {
        name: float(name == pattern) for name in ("induction", "same token", "previous token")
    }


@pytest.mark.parametrize("start", [0, 1])
def test_losses_of_one_who_copies_and_of_one_who_guesses(start: int) -> None:
    ids = torch.cat([torch.zeros(4, start, dtype=torch.long), rows()], dim=1)

    def copy(logits: torch.Tensor) -> torch.Tensor:
        made = torch.zeros_like(logits)
        for place in range(start + 6, ids.shape[1] - 1):
            made[torch.arange(4), place, ids[:, place + 1]] = 50.0
        return made

    model = make_model()
    with record(model, edit={"logits": copy}):
        first, second = repeat_losses(model, ids, start)
    assert first == pytest.approx(math.log(23), abs=1e-4)
    assert second == pytest.approx(0, abs=1e-4)
    with record(model, edit={"logits": torch.zeros_like}):
        assert repeat_losses(model, ids, start) == pytest.approx((math.log(23), math.log(23)), abs=1e-4)


def test_two_layers_learn_to_copy_and_one_does_not() -> None:
    """The positive control of the whole measurement, as the notebook shows it."""
    ids = repeated(range(32), 15, 20, torch.Generator().manual_seed(6))
    for n_layers, n_heads, copies in ((2, 4, True), (1, 8, False)):
        model, losses = train_on_repeats(n_layers, n_heads)
        assert len(losses) == 300
        assert (repeat_losses(model, ids)[1] < 0.3) == copies
        assert (repeat_scores(model, ids)["induction"][-1].max().item() > 0.5) == copies
