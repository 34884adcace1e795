"""One mean of two things: its limit holds, and two heads are not bound by it."""

import pytest
import torch

from llmcourse.analysis.two_places import MARK, TOKENS, train_two_places, two_places


def test_what_is_wanted_stands_at_the_marks() -> None:
    x, wanted, places = two_places(50, torch.Generator().manual_seed(0))
    assert x.shape == (50, TOKENS + 1, 32)
    for row in range(50):
        first, second = places[row].tolist()
        assert first != second
        assert torch.equal(wanted[row], torch.cat([x[row, first, :16], x[row, second, :16]]))
        assert x[row, :, 16:19].argmax(0).tolist() == [first, second, TOKENS]
        assert x[row, :, 16:].sum() == 3 * MARK
    assert (x[:, -1, :16] == 0).all()


@pytest.mark.parametrize("share", [0.0, 0.3, 0.5, 0.9])
def test_no_linear_map_gets_both_out_of_one_mean(share: float) -> None:
    """The best one, by least squares, loses half of the variance whatever the share is."""
    _, wanted, _ = two_places(20_000, torch.Generator().manual_seed(1))
    mean = share * wanted[:, :16] + (1 - share) * wanted[:, 16:]
    guess = mean @ torch.linalg.lstsq(mean, wanted).solution
    assert (guess - wanted).square().mean().item() == pytest.approx(0.5, abs=0.01)


def test_training_finds_what_the_limit_says() -> None:
    one, two, shared = train_two_places(1), train_two_places(2), train_two_places(2, n_kv_heads=1)
    assert one.parameters == two.parameters == 4 * 32 * 32
    assert shared.parameters == 3 * 32 * 32
    assert 0.4 < one.error < 0.52
    assert two.error < 0.05
    assert shared.error < 0.05
    places = two.shares()[:, :2].argmax(-1).tolist()
    assert sorted(places) == [0, 1]  # each head has a place of its own
    torch.testing.assert_close(two.shares().sum(-1), torch.ones(2))


def test_training_leaves_the_learners_random_numbers_alone() -> None:
    torch.manual_seed(7)
    before = torch.get_rng_state()
    train_two_places(1, steps=2)
    assert torch.equal(torch.get_rng_state(), before)
