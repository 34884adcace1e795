"""The recall task: its truth, its limits, and models small enough to see both."""

import pytest
import torch

from llmcourse.analysis.recall_task import (
    VALUES,
    RecallModel,
    draw_recall,
    recall_accuracy,
    recall_loss,
    recalled,
    train_recall,
    training_operations,
)
from llmcourse.errors import CourseError


def test_the_answer_stands_at_its_distance():
    rows = draw_recall(5, 8, torch.Generator().manual_seed(0))
    for row in range(5):
        for question in range(8):
            place = 8 + question
            pair = place - rows.distance[row, question]
            assert rows.keys[row, pair] == rows.keys[row, place]
            assert rows.values[row, pair] == rows.answers[row, question]
            assert rows.values[row, place] == VALUES
        assert len(set(rows.keys[row, :8].tolist())) == 8
    with pytest.raises(CourseError, match="n_pairs=65"):
        draw_recall(1, 65, torch.Generator())


@pytest.mark.parametrize("kind", ["full", "window", "linear", "state space"])
def test_no_model_sees_the_future(kind):
    torch.manual_seed(0)
    model, rows = RecallModel(kind), draw_recall(2, 12, torch.Generator().manual_seed(0))
    values = rows.values.clone()
    values[:, 10:] = 3
    with torch.no_grad():
        same = torch.allclose(model(rows.keys, rows.values)[:, :10], model(rows.keys, values)[:, :10], atol=1e-5)
    assert same


def test_an_unknown_kind():
    with pytest.raises(CourseError, match="'sparse' is unknown"):
        RecallModel("sparse")


def test_the_same_seed_gives_the_same_model_and_a_window_ends_at_its_width():
    budget = 150 * training_operations(RecallModel("full"))
    model, steps = train_recall("window", budget, seed=3)
    again, _ = train_recall("window", budget, seed=3)
    rows = draw_recall(4, 8, torch.Generator().manual_seed(0))
    assert steps >= 150  # a window costs less
    assert torch.equal(recall_loss(model, rows), recall_loss(again, rows))
    right, distance = recalled(model)
    assert right[distance < 16].float().mean() > 0.9
    assert right[distance >= 16].float().mean() == pytest.approx(1 / VALUES, abs=0.02)
    assert recall_accuracy(model, 8) > 0.95  # all of them within reach
