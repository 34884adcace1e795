"""What a model has learned of the skew."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmcourse.analysis.pronoun_skew import learned_shares, p_she, prompts, sharpened, skew_of, true_shares
from llmcourse.corpus import World
from llmcourse.corpus.lexicon import JOBS
from llmcourse.errors import CourseError
from llmcourse.inference import next_token_probabilities
from llmcourse.inference.even_pronouns import EvenPronouns
from llmcourse.model import pretrained


@pytest.mark.parametrize("skew", [-1, -0.3, 0, 0.6, 1])
def test_the_skew_of_a_worlds_shares_is_its_skew(skew):
    assert skew_of(true_shares(World(skew=skew))) == pytest.approx(skew)


def test_every_prompt_is_a_beginning_with_the_pronoun_due():
    for job in JOBS:
        for text in prompts(job):
            assert set(World().next_word(text)) == {"she", "he"}


def test_p_she_is_the_models_own():
    model, tokenizer = pretrained("gpt-world")
    texts = [prompts("baker")[0], "Mia the nurse lived near the mill. After lunch", prompts("pilot")[-1]]
    for text, found in zip(texts, p_she(model, tokenizer, texts).tolist(), strict=True):
        p = next_token_probabilities(model, tokenizer, text)
        assert found == pytest.approx(p["she"] / (p["she"] + p["he"]), abs=1e-4)


def test_the_shipped_model_of_an_even_world_is_even_and_a_constraint_makes_it_exact():
    model, tokenizer = pretrained("gpt-world")
    assert abs(skew_of(learned_shares(model, tokenizer))) < 0.05
    assert set(learned_shares(model, tokenizer, EvenPronouns(tokenizer)).values()) == {0.5}


def test_sharpened_by_hand():
    assert sharpened(0.8, 0.5) == pytest.approx(0.64 / 0.68)
    assert sharpened(0.8, 0) == 1 and sharpened(0.2, 0) == 0 and sharpened(0.5, 0) == 0.5


@given(st.floats(0, 1), st.floats(0.05, 5))
def test_sharpened_keeps_order_and_symmetry(share, temperature):
    found = sharpened(share, temperature)
    assert sharpened(share, 1) == pytest.approx(share)
    assert found + sharpened(1 - share, temperature) == pytest.approx(1, abs=1e-6)
    if temperature < 1:
        assert abs(found - 0.5) >= abs(share - 0.5) - 1e-9


def test_bad_input():
    model, tokenizer = pretrained("gpt-world")
    with pytest.raises(CourseError, match="no share"):
        sharpened(1.2, 1)
    with pytest.raises(CourseError, match="0 or more"):
        sharpened(0.5, -1)
    with pytest.raises(CourseError, match="'teacher'"):
        skew_of({"baker": 0.5})
    with pytest.raises(CourseError, match="empty"):
        p_she(model, tokenizer, [])
