import torch

from llmcourse.analysis.calibration import Bin
from llmcourse.viz.classification import accuracy_table, confusion_pictures, reliability


def texts(figure) -> list[str]:
    return [text.get_text() for ax in figure.axes for text in ax.texts]


def test_a_table_has_a_number_for_each_classifier_and_kind():
    figure = accuracy_table({"bag": {"said": 0.5, "shown": 1.0}, "full": {"said": 1.0, "shown": 0.0}}, title="A title")
    assert texts(figure) == ["50%", "100%", "100%", "0%"]
    assert [label.get_text() for label in figure.axes[0].get_yticklabels()] == ["bag", "full"]


def test_matrices_stand_side_by_side():
    matrix = torch.tensor([[3, 1], [0, 4]])
    figure = confusion_pictures({"one": matrix, "other": [[2, 2], [2, 2]]}, ["sad", "glad"], title="A title")
    assert texts(figure) == ["3", "1", "0", "4", "2", "2", "2", "2"]
    assert [ax.get_title("left") for ax in figure.axes] == ["one", "other"]


def test_the_more_guesses_the_larger_the_point():
    figure = reliability({"some": [Bin(0.6, 0.5, 1), Bin(0.9, 0.9, 9)]}, title="A title")
    (points,) = figure.axes[0].collections
    small, large = points.get_sizes()
    assert small < large
    assert points.get_offsets().tolist() == [[0.6, 0.5], [0.9, 0.9]]
