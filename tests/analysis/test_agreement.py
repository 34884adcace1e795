import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmcourse.analysis.agreement import agreement


@st.composite
def distributions(draw):
    weights = draw(st.dictionaries(st.sampled_from("abcdef"), st.floats(0.01, 1), min_size=1))
    return {word: weight / sum(weights.values()) for word, weight in weights.items()}


@given(distributions(), distributions())
def test_one_minus_half_the_distance(said, truth):
    distance = sum(abs(said.get(word, 0) - truth.get(word, 0)) for word in "abcdef")
    assert agreement(said, truth) == pytest.approx(1 - distance / 2)
    assert agreement(said, truth) == pytest.approx(agreement(truth, said))


@given(distributions())
def test_with_itself_and_with_a_stranger(said):
    assert agreement(said, said) == pytest.approx(1)
    assert agreement(said, {"zebra": 1.0}) == 0
