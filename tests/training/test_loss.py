import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from llmcourse.errors import CourseError
from llmcourse.training.loss import IGNORE, bits_per_character, causal_lm_loss, perplexity


def test_the_loss_is_the_mean_of_minus_log_p_by_hand():
    logits = torch.tensor([[[0.0, math.log(3.0)], [0.0, 0.0]]])  # p = (1/4, 3/4), then (1/2, 1/2)
    loss = causal_lm_loss(logits, torch.tensor([[1, 0]]))
    assert loss.item() == pytest.approx((-math.log(3 / 4) - math.log(1 / 2)) / 2)


def test_an_ignored_target_changes_neither_sum_nor_count():
    logits = torch.randn(2, 5, 7)
    targets = torch.randint(7, (2, 5))
    targets[1, 2:] = IGNORE
    kept = targets != IGNORE
    expected = -logits.log_softmax(-1)[kept].gather(1, targets[kept][:, None]).mean()
    assert causal_lm_loss(logits, targets).item() == pytest.approx(expected.item(), rel=1e-6)


@given(st.integers(2, 400))
def test_equal_logits_cost_the_log_of_the_vocabulary(vocab):
    loss = causal_lm_loss(torch.zeros(1, 3, vocab), torch.tensor([[0, 1, vocab - 1]]))
    assert loss.item() == pytest.approx(math.log(vocab), rel=1e-5)


@given(st.integers(1, 1000), st.integers(1, 50))
def test_the_perplexity_of_a_uniform_choice_is_the_number_of_choices(choices, tokens):
    assert perplexity([-math.log(choices)] * tokens) == pytest.approx(choices)


def test_bits_per_character_counts_characters_not_tokens():
    assert bits_per_character([math.log(1 / 2), math.log(1 / 8)], "abcd") == pytest.approx((1 + 3) / 4)


def test_nothing_has_no_perplexity_and_no_bits():
    with pytest.raises(CourseError, match="no tokens"):
        perplexity([])
    with pytest.raises(CourseError, match="empty text"):
        bits_per_character([], "")
