"""Pictures of thin matrices and of what tuning costs."""

import torch

from llmcourse.viz.low_rank import HATCHES, column_times_row, cost_bars, lora_diagram, quality_by_size


def test_a_column_times_a_row_shows_all_numbers() -> None:
    b, a = torch.tensor([[2.0], [1.0], [-1.0]]), torch.tensor([[1.0, 3.0, -1.0, 2.0]])
    figure = column_times_row(b, a, title="Seven make twelve")
    left, _, middle, _, right = figure.axes
    assert [ax.get_title() for ax in (left, middle, right)] == [
        "B: 3 numbers",
        "A: 4 numbers",
        "B A: 12 numbers",
    ]
    assert [float(text.get_text()) for text in right.texts] == (b @ a).flatten().tolist()
    assert len(left.texts) == 3 and len(middle.texts) == 4


def test_the_diagram_is_to_scale() -> None:
    figure = lora_diagram(200, 100, rank=10, title="LoRA")
    w, a, b = figure.axes[0].patches
    ratio = w.get_width() * w.get_height() / (200 * 100)
    assert abs(a.get_width() * a.get_height() / (10 * 200) - ratio) < 1e-9
    assert abs(b.get_width() * b.get_height() / (100 * 10) - ratio) < 1e-9
    words = " ".join(text.get_text() for text in figure.axes[0].texts)
    assert all(number in words for number in ("20,000", "2,000", "1,000"))


def test_quality_by_size_names_every_point_and_every_task() -> None:
    series = {"easy": {"head": (258, 0.7), "LoRA": (7000, 1.0)}, "hard": {"head": (514, 0.1)}}
    figure = quality_by_size(series, title="", references={"guessing": 0.5})
    (ax,) = figure.axes
    assert ax.get_xscale() == "log"
    assert sorted(text.get_text() for text in ax.texts) == ["LoRA", "head", "head"]
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["easy", "hard", "guessing"]
    assert len({line.get_marker() for line in ax.lines[:2]}) == 2


def test_cost_bars_can_be_told_apart_without_colour() -> None:
    parts = {"weights": 2.0, "gradients": 1.0, "optimizer": 2.0, "activations": 9.0}
    figure = cost_bars({"full": parts, "LoRA": {**parts, "gradients": 0.0}}, {"full": 80, "LoRA": 70}, title="")
    memory, times = figure.axes
    assert {patch.get_hatch() or "" for patch in memory.patches} == set(HATCHES)
    assert sum(patch.get_width() for patch in memory.patches) == 14 + 13
    assert [patch.get_width() for patch in times.patches] == [80, 70]
