"""Circuits: all heads keep all, none keep little, and chance is drawn fairly."""

import pytest
import torch

from llmcourse.analysis.ablation import all_heads
from llmcourse.analysis.circuits import averaged, faithfulness, mean_outputs, random_sets, share_kept
from llmcourse.analysis.story_pairs import question_pairs
from llmcourse.errors import CourseError
from llmcourse.model import pretrained, record

MODEL, TOKENIZER = pretrained("gpt-world")
PAIRS = question_pairs(TOKENIZER, 6, seed=5)
MEANS = mean_outputs(MODEL, PAIRS)


def test_all_heads_and_none() -> None:
    assert faithfulness(MODEL, PAIRS, all_heads(MODEL), MEANS) == pytest.approx(1)
    assert share_kept(MODEL, PAIRS, [], MEANS) == pytest.approx(1)
    assert faithfulness(MODEL, PAIRS, [], MEANS) == pytest.approx(share_kept(MODEL, PAIRS, all_heads(MODEL), MEANS))


def test_the_circuit_is_enough_and_needed() -> None:
    circuit = [(1, 2), (2, 0), (2, 1), (2, 3)]
    assert faithfulness(MODEL, PAIRS, circuit, MEANS) > 0.6
    assert abs(share_kept(MODEL, PAIRS, circuit, MEANS)) < 0.2


def test_the_mean_leaves_out_padding() -> None:
    longer = torch.nn.functional.pad(PAIRS.clean, (0, 5)), torch.nn.functional.pad(PAIRS.corrupt, (0, 5))
    padded = type(PAIRS)(*longer, PAIRS.last, PAIRS.right, PAIRS.wrong, PAIRS.places, PAIRS.words)
    for layer, mean in mean_outputs(MODEL, padded).items():
        torch.testing.assert_close(mean, MEANS[layer], atol=1e-4, rtol=1e-4)


def test_a_silenced_head_says_its_mean() -> None:
    kept_at = torch.full((6,), 3)
    with torch.no_grad(), record(MODEL, "blocks.1.attention.z", edit=averaged(MEANS, [(1, 2)], kept_at)) as trace:
        MODEL(PAIRS.clean)
    z = trace["blocks.1.attention.z"]
    assert z[:, 2, [0, 1, 2, 4, 5]].eq(MEANS[1][2]).all()
    assert not z[:, 2, 3].eq(MEANS[1][2]).any()
    assert not z[:, 1].eq(MEANS[1][1]).all()


def test_random_sets() -> None:
    sets = random_sets(MODEL, 3, 20)
    assert len({tuple(heads) for heads in sets}) == 20
    assert all(len(set(heads)) == 3 for heads in sets)
    assert sets == random_sets(MODEL, 3, 20)
    with pytest.raises(CourseError, match="there are not 13 different sets of 1"):
        random_sets(MODEL, 1, 13)


def test_a_head_that_is_not_there() -> None:
    with pytest.raises(CourseError, match="no head 5.0"):
        averaged(MEANS, [(5, 0)])
    with pytest.raises(CourseError, match="no head"):
        faithfulness(MODEL, PAIRS, [(0, 9)], MEANS)
