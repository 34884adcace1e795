import pytest

from llmcourse.errors import CourseError
from llmcourse.viz.batches import batch_picture, padding_picture
from llmcourse.viz.style import Picture


def test_every_token_has_its_cell_and_padding_is_hatched() -> None:
    rows = [["<bos>", "Mia", "sang"], ["<bos>", "Tom", "<pad>"]]
    figure = batch_picture(rows, {"mask": [[1, 1, 1], [1, 1, 0]]}, title="two texts")
    cells = figure.axes[0].patches
    assert [cell.get_hatch() for cell in cells] == [None] * 5 + ["////"]
    assert "0" in {text.get_text() for text in figure.axes[0].texts}
    Picture.of(figure, "it can be drawn")
    with pytest.raises(CourseError, match="'mask' has not one value"):
        batch_picture(rows, {"mask": [[1, 1, 1], [1, 1]]}, title="two texts")


def test_padding_is_counted_and_drawn() -> None:
    figure = padding_picture({"as they come": [[0, 1]], "alone": [[0], [1]]}, [2, 5], title="waste")
    titles = [ax.get_title(loc="left") for ax in figure.axes]
    assert titles == ["as they come: 3 places of padding", "alone: 0 places of padding"]
    Picture.of(figure, "it can be drawn")
