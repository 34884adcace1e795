"""Control tasks: labels that hang on the word alone, and a probe that gives itself away."""

import pytest
import torch

from llmcourse.analysis.control_tasks import control_labels, probe_with_control
from llmcourse.errors import CourseError


def test_a_label_for_each_word() -> None:
    words = [f"word {n % 10}" for n in range(40)]
    labels = [n % 2 for n in range(40)]
    control = control_labels(words, labels, seed=1)
    assert len(set(zip(words, control, strict=True))) == 10  # one label for each word
    assert sorted(set(control)) == [0, 1]
    assert sum(control) == 20  # dealt out evenly
    assert control == control_labels(words, labels, seed=1)
    assert any(control != control_labels(words, labels, seed) for seed in range(2, 6))


def test_one_number_for_each_word_is_learned_by_heart() -> None:
    """Vectors that name the word and nothing else: the probe is perfect on both, so its selectivity is 0."""
    which = torch.arange(80) % 8
    vectors = torch.eye(8)[which]
    words = [str(n) for n in which.tolist()]
    score = probe_with_control(vectors, [n % 2 for n in which.tolist()], words, list(range(80)))
    assert score.accuracy == score.control == 1
    assert score.selectivity == 0


def test_a_direction_for_the_property_is_selective() -> None:
    generator = torch.Generator().manual_seed(0)
    labels = [n % 2 for n in range(200)]
    vectors = torch.randn(200, 4, generator=generator)
    vectors[:, 0] += 6 * torch.tensor(labels)
    words = [str(n % 25) for n in range(200)]
    score = probe_with_control(vectors, labels, words, list(range(200)))
    assert score.accuracy > 0.95
    assert score.selectivity > 0.25


def test_a_word_for_each_label() -> None:
    with pytest.raises(CourseError, match="2 words and 3 labels"):
        control_labels(["a", "b"], [0, 1, 1])
