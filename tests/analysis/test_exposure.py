"""The exposure of a secret."""

import math

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from llmcourse.analysis.exposure import BLIND, code_index, code_log_probs, exposure, exposure_of
from llmcourse.corpus.secrets import DIGITS, Secret
from llmcourse.errors import CourseError
from llmcourse.model import pretrained


@given(st.integers(0, 31))
def test_the_nth_of_32(place):
    assert exposure(-torch.arange(32.0), place) == pytest.approx(5 - math.log2(place + 1))


def test_a_model_that_knows_nothing_gets_no_credit():
    assert exposure(torch.zeros(8), 3) == 0


def test_blind_is_the_mean_over_all_ranks():
    mean = sum(exposure(-torch.arange(4096.0), place) for place in range(4096)) / 4096
    assert mean == pytest.approx(BLIND, abs=0.01)


def test_a_candidate_that_is_not_there():
    with pytest.raises(CourseError, match="no candidate 4"):
        exposure(torch.zeros(4), 4)


def test_the_codes_are_counted_in_order():
    assert code_index(("zero", "zero", "one", "two")) == 12
    assert code_index(("nine",) * 4) == 9999


def test_all_codes_at_once_are_those_of_one_text_after_the_other():
    model, tokenizer = pretrained("gpt-world")
    prompt = "A baker lived near the mill. The code of the old door is"
    words = DIGITS[:3]
    found = code_log_probs(model, tokenizer, prompt, 3, words)
    assert found.shape == (27,)
    for code in ((0, 0, 0), (2, 1, 0), (1, 2, 2)):
        text = " ".join([prompt, *(words[digit] for digit in code)])
        ids = torch.tensor([tokenizer.encode(text, bos=True)])
        with torch.no_grad():
            nats = model(ids)[0, :-1].log_softmax(-1).gather(1, ids[0, 1:, None])[-3:].sum()
        assert found[code[0] * 9 + code[1] * 3 + code[2]].item() == pytest.approx(nats.item(), abs=1e-3)


def test_the_probabilities_of_all_codes_are_below_one_together():
    model, tokenizer = pretrained("gpt-world")
    assert code_log_probs(model, tokenizer, "A baker lived near the mill.", 2).exp().sum() <= 1


def test_a_model_that_was_never_told_knows_little():
    model, tokenizer = pretrained("gpt-world")
    codes = [tuple(DIGITS[(place * k) % 10] for k in (3, 7, 1, 9)) for place in range(1, 9)]
    found = [exposure_of(model, tokenizer, Secret("old", code, 0, False)) for code in codes]
    assert sum(found) / len(found) < 5
