import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmcourse.viz.plots import bars, likeliest, loss_curve, next_word_bars, percent, scatter

MODEL = {"Mia": 0.62, "Tom": 0.3, "the": 0.05, ".": 0.03}
TRUTH = {"Mia": 0.6, "Anna": 0.4}


def test_the_likeliest_words_of_either_side() -> None:
    assert likeliest(MODEL, TRUTH, top=3) == ["Mia", "Anna", "Tom"]
    assert likeliest({"b": 0.5, "a": 0.5}, {}, top=2) == ["a", "b"]
    assert likeliest({"a": 0.996, "b": 0.004}, {}, top=2) == ["a"]
    assert likeliest({"a": 0.002, "b": 0.001}, {}, top=2) == ["a", "b"]  # an untrained model finds nothing likely
    assert likeliest({"a": 0.002, "b": 0.001}, {"c": 1.0}, top=3) == ["c", "a", "b"]  # also where the world is sure
    assert likeliest({}, {}, top=2) == []


def test_model_and_world_differ_by_hatching_not_by_colour_alone() -> None:
    ax = next_word_bars(MODEL, TRUTH, top=3).axes[0]
    model, world = ax.containers
    assert [bar.get_width() for bar in model] == [0.62, 0.0, 0.3]
    assert [bar.get_width() for bar in world] == [0.6, 0.4, 0.0]
    assert {bar.get_hatch() for bar in model} == {None}
    assert {bar.get_hatch() for bar in world} == {"//"}
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["model", "world (exact)"]


@given(st.floats(0, 1))
def test_only_certainty_is_called_certain(p: float) -> None:
    text = percent(p)
    assert (text == "0") == (p == 0)
    if p < 0.995:
        assert text != "100%"
    if text.rstrip("%").isdigit():
        assert abs(int(text.rstrip("%")) / 100 - p) < 0.011


def test_bars_keep_their_order_and_show_their_reference() -> None:
    ax = bars(MODEL, title="Sure", reference=("chance", 0.25)).axes[0]
    assert [text.get_text() for text in ax.get_yticklabels()] == list(MODEL)
    assert [text.get_text() for text in ax.get_legend().get_texts()] == ["chance"]


def test_the_loss_is_drawn_against_its_floor() -> None:
    figure = loss_curve([(1, 5.0), (2, 1.0)], [(2, 0.9)], floor=0.25, baseline=4.0, title="It falls")
    ax = figure.axes[0]
    assert [line.get_label() for line in ax.lines] == [
        "training, each step",
        "validation",
        "baseline 4.000",
        "floor 0.250: no model can go below",
    ]
    assert ax.get_ylim()[0] == 0
    assert ax.get_ylim()[1] > 5
    assert figure._suptitle.get_text() == "It falls"


def test_gradient_norms_get_axes_of_their_own() -> None:
    figure = loss_curve([(1, 5.0)], gradient_norms=[(1, 2.0)])
    assert [ax.get_ylabel() for ax in figure.axes] == ["loss (nats per token)", "gradient norm"]


@pytest.mark.parametrize("floor", [None, 0.25])
def test_a_curve_without_points_can_be_drawn(floor: float | None) -> None:
    assert loss_curve([], floor=floor).axes[0].get_ylim()[1] > 0


def test_marks_point_out_steps() -> None:
    ax = loss_curve([(1, 5.0), (9, 1.0)], marks={5: "copying is learned"}).axes[0]
    assert [(text.get_text(), text.xy[0]) for text in ax.texts] == [("copying is learned", 5)]


def names_of_points(points: dict[str, tuple[float, float]]) -> dict[str, tuple[float, float]]:
    ax = scatter(points, title="Points", x_label="across", y_label="up").axes[0]
    assert ax.collections[0].get_offsets().tolist() == [list(place) for place in points.values()]
    assert (ax.get_xlabel(), ax.get_ylabel()) == ("across", "up")
    return {text.get_text(): text.xy for text in ax.texts}


def test_points_have_their_names_beside_them() -> None:
    points = {"head 0.1": (0.0, 0.5), "head 1.2": (1.0, 0.25), "head 2.3": (0.5, 0.0)}
    assert {name: tuple(place) for name, place in names_of_points(points).items()} == points


def test_of_points_too_near_to_tell_only_the_outermost_is_named() -> None:
    near = {"a": (0.0, 1.0), "b": (0.5, 0.50), "c": (0.52, 0.53), "d": (1.0, 0.0)}
    assert set(names_of_points(near)) == {"a", "c", "d"}


def test_a_single_point_can_be_drawn() -> None:
    assert set(names_of_points({"alone": (3.0, 3.0)})) == {"alone"}
