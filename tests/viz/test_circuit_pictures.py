"""Pictures of patching and circuits: what they say, and what they refuse."""

import pytest
import torch

from llmcourse.errors import CourseError
from llmcourse.viz.circuit import beside_random_sets, circuit_diagram
from llmcourse.viz.shares import share_grid


def words(figure) -> list[str]:  # type: ignore[no-untyped-def]
    return [text.get_text() for text in figure.axes[0].texts]


def test_a_grid_shows_its_shares() -> None:
    figure = share_grid(torch.tensor([[0.0, 1.0], [-0.001, 0.5]]), ["block 0", "block 1"], ["verb", "?"], title="t")
    assert words(figure) == ["0.00", "1.00", "0.00", "0.50"]
    assert [label.get_text() for label in figure.axes[0].get_xticklabels()] == ["verb", "?"]
    with pytest.raises(CourseError, match="1 rows and 2 columns are named"):
        share_grid(torch.zeros(2, 2), ["a"], ["b", "c"], title="t")


def test_a_diagram_names_parts_paths_and_tokens() -> None:
    figure = circuit_diagram({"a": (0, 1), "b": (1, 2)}, [("a", "b", "news")], {"lost": 0}, title="t")
    assert {"a", "b", "news", "lost"} <= set(words(figure))
    with pytest.raises(CourseError, match="no 'c'"):
        circuit_diagram({"a": (0, 1)}, [("a", "c", "")], {}, title="t")


def test_random_sets_carry_how_much_they_share() -> None:
    figure = beside_random_sets((0.8, 0.0), [(0.1, 0.9), (0.0, 1.0)], [2, 0], title="t")
    assert {"2", "0", "the circuit"} <= set(words(figure))
    with pytest.raises(CourseError, match="one count for each"):
        beside_random_sets((0.8, 0.0), [(0.1, 0.9)], [], title="t")
