"""Patching: everything recovers all, nothing recovers nothing, and a path is what it says."""

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from llmcourse.analysis.minimal_pairs import Pairs, induction_pairs
from llmcourse.analysis.patching import Patcher, put_in, recovered_share
from llmcourse.analysis.path_patching import path_patch
from llmcourse.analysis.story_pairs import question_pairs
from llmcourse.errors import CourseError
from llmcourse.model import GPT, ModelConfig, pretrained, record


@pytest.fixture(scope="module")
def small() -> Patcher:
    model = GPT(ModelConfig(vocab_size=20, d_model=16, n_layers=2, n_heads=2, dropout=0.3)).initialize(3)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(3)
    return Patcher(model, induction_pairs(20, 8, 4))


@pytest.fixture(scope="module")
def asked() -> Patcher:
    model, tokenizer = pretrained("gpt-world")
    return Patcher(model, question_pairs(tokenizer, 6, seed=3))


numbers = st.floats(-50, 50)


@given(clean=numbers, corrupt=numbers, share=st.floats(-2, 2))
def test_the_share_is_the_place_on_the_way(clean: float, corrupt: float, share: float) -> None:
    if abs(clean - corrupt) < 1e-3:
        return
    assert recovered_share(corrupt + share * (clean - corrupt), clean, corrupt) == pytest.approx(share, abs=1e-6)
    assert recovered_share(clean, clean, corrupt) == 1
    assert recovered_share(corrupt, clean, corrupt) == 0


def test_nothing_to_recover() -> None:
    with pytest.raises(CourseError, match="nothing to recover"):
        recovered_share(1.0, 2.0, 2.0)


def test_all_of_a_level_brings_back_all(small: Patcher) -> None:
    for name in ("embeddings", "blocks.0.residual_out", "blocks.1.residual_in", "logits"):
        assert small.value(name) == pytest.approx(1, abs=1e-4)
    assert small.value("blocks.1.residual_out", "last") == pytest.approx(1, abs=1e-4)
    assert small.value("blocks.1.residual_out", "before") == pytest.approx(0, abs=1e-5)


def test_all_heads_at_all_places_are_all_of_z(small: Patcher) -> None:
    together = small.heads([(1, 0), (1, 1)])
    assert together == pytest.approx(small.value("blocks.1.attention.z"), abs=1e-6)


def test_put_in_changes_only_its_place() -> None:
    z, source, at = torch.zeros(2, 3, 4, 5), torch.ones(2, 3, 4, 5), torch.tensor([1, 3])
    new = put_in(source, at, [2])(z)
    assert new.sum() == 2 * 5
    assert new[0, 2, 1].eq(1).all()
    assert new[1, 2, 3].eq(1).all()
    assert z.eq(0).all()
    stream = put_in(torch.ones(2, 4, 5), at)(torch.zeros(2, 4, 5))
    assert stream.sum() == 10
    assert stream[1, 3].eq(1).all()
    with pytest.raises(CourseError, match="no heads to choose"):
        put_in(torch.ones(2, 4, 5), at, [0])(torch.zeros(2, 4, 5))
    with pytest.raises(CourseError, match="cannot put"):
        put_in(torch.ones(2, 4, 5))(torch.zeros(2, 4, 6))


def test_a_path_to_all_that_is_read_is_the_whole_effect_on_the_next_layer(small: Patcher) -> None:
    """A sender of layer 0 that changes only z of layer 1 and nothing else: with the rest of the stream frozen."""
    direct = path_patch(small, (0, 0), [], "logits")
    composed = path_patch(small, (0, 0), [(1, 0), (1, 1)], "qkv")
    # The two are different paths, and neither is the other's double.
    assert direct != composed
    nobody = path_patch(small, (1, 0), [], "logits", "before")
    assert nobody == pytest.approx(0, abs=1e-3)  # at the last position nothing of it arrives


def test_a_later_sender_is_not_heard_by_an_earlier_receiver(small: Patcher) -> None:
    assert path_patch(small, (1, 1), [(0, 0)], "qkv") == pytest.approx(0, abs=1e-6)


def test_paths_that_make_no_sense(small: Patcher) -> None:
    with pytest.raises(CourseError, match="letters q, k and v"):
        path_patch(small, (0, 0), [(1, 0)], "z")
    with pytest.raises(CourseError, match="receivers of one layer"):
        path_patch(small, (0, 0), [(1, 0), (0, 1)], "q")
    with pytest.raises(CourseError, match="receivers of one layer"):
        path_patch(small, (0, 0), [(1, 0)], "logits")


def test_the_circuit_of_the_shipped_model(asked: Patcher) -> None:
    fetchers = [(2, 0), (2, 1), (2, 3)]
    assert asked.heads([(1, 2)], "?") > 0.9
    assert asked.heads(fetchers, "?") > 0.9
    assert path_patch(asked, (1, 2), fetchers, "q", "?") > 0.9
    assert abs(path_patch(asked, (1, 2), fetchers, "kv", "?")) < 0.05
    frozen = path_patch(asked, (1, 2), fetchers, "q", "?", ["blocks.*.feedforward.output"])
    assert abs(frozen) < 0.05
    sender = "blocks.0.feedforward.output"
    assert path_patch(asked, sender, [(1, 2)], "kv", "verb") > 0.9
    assert abs(path_patch(asked, sender, [(1, 2)], "k", "verb")) < 0.1


def test_the_model_is_as_before(asked: Patcher) -> None:
    pairs: Pairs = asked.pairs
    with torch.no_grad(), record(asked.model, "logits") as trace:
        asked.model(pairs.corrupt)
    torch.testing.assert_close(trace["logits"], asked.corrupt["logits"], atol=1e-4, rtol=1e-4)
