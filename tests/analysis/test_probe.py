"""Probes: right where something can be read, and at chance where nothing can."""

import pytest
import torch
from sklearn.neighbors import NearestCentroid

from llmcourse.analysis.probe import (
    folds,
    linear_probe,
    majority_share,
    nearest_mean,
    probe_accuracy,
    probe_predictions,
    shuffled,
)
from llmcourse.errors import CourseError


def clouds(distance, n=60, width=6):
    generator = torch.Generator().manual_seed(0)
    labels = torch.arange(n) % 2
    vectors = torch.randn(n, width, generator=generator)
    vectors[:, 0] += distance * labels
    return vectors, labels


def test_nearest_mean_agrees_with_scikit_learn():
    vectors, labels = clouds(1.0)
    theirs = NearestCentroid().fit(vectors[:40].numpy(), labels[:40].numpy()).predict(vectors[40:].numpy())
    assert nearest_mean(vectors[:40], labels[:40], vectors[40:]).tolist() == theirs.tolist()


def test_labels_are_names_not_places():
    known, new = torch.tensor([[0.0], [1.0], [9.0]]), torch.tensor([[8.0], [0.4]])
    assert nearest_mean(known, torch.tensor([7, 7, 3]), new).tolist() == [3, 7]


@pytest.mark.parametrize("probe", [nearest_mean, linear_probe])
def test_what_can_be_read_and_what_cannot(probe):
    vectors, labels = clouds(6.0)
    stories = list(range(60))
    assert probe_accuracy(vectors, labels.tolist(), stories, probe) > 0.95
    assert probe_accuracy(vectors, shuffled(labels.tolist()), stories, probe) < 0.75


def test_what_never_changes_says_nothing():
    labels = [0] * 40 + [1] * 20
    said = probe_predictions(torch.ones(60, 4) * 0.3, labels, list(range(60)), linear_probe)
    assert set(said.tolist()) == {0}  # the commonest
    assert majority_share(labels) == pytest.approx(2 / 3)


def test_one_text_is_never_on_both_sides():
    groups = [0, 0, 1, 2, 2, 2, 3, 4]
    left_out = list(folds(groups, 3))
    assert torch.stack(left_out).sum(0).tolist() == [1] * 8
    for fold in left_out:
        inside = {group for group, out in zip(groups, fold.tolist(), strict=True) if out}
        outside = {group for group, out in zip(groups, fold.tolist(), strict=True) if not out}
        assert inside and not inside & outside


def test_a_probe_with_one_label_says_it():
    assert linear_probe(torch.randn(3, 2), torch.tensor([4, 4, 4]), torch.randn(2, 2)).tolist() == [4, 4]


@pytest.mark.parametrize(
    ("labels", "groups", "n", "match"),
    [([0], [0, 1], 2, "2 vectors, 1 labels"), ([0, 1], [0, 0], 2, "1 texts cannot"), ([0, 1], [0, 1], 1, "in 1 parts")],
)
def test_what_cannot_be_probed(labels, groups, n, match):
    with pytest.raises(CourseError, match=match):
        probe_predictions(torch.randn(2, 3), labels, groups, n_folds=n)
    with pytest.raises(CourseError, match="no labels"):
        majority_share([])
