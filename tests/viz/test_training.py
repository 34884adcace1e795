from types import SimpleNamespace
from typing import Any

import pytest

from llmcourse.training import Batches, History, TrainConfig, train
from llmcourse.viz import training
from llmcourse.viz.samples import LiveSamples, Sample, SampleTable, judged_sample, marked
from llmcourse.viz.training import LiveOutput, LivePlot, plot_history


@pytest.fixture
def shown(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, Any]]:
    """What a notebook would show, in order: ("new", value) or ("update", value)."""
    events: list[tuple[str, Any]] = []

    def display(value: Any, display_id: bool) -> Any:
        assert display_id
        events.append(("new", value))
        return SimpleNamespace(update=lambda value: events.append(("update", value)))

    monkeypatch.setattr(training, "get_ipython", lambda: object())
    monkeypatch.setattr(training, "display", display)
    monkeypatch.setattr(training, "DisplayHandle", SimpleNamespace)
    return events


def run(plot: LivePlot, steps: int) -> None:
    plot.on_start()
    for step in range(1, steps + 1):
        plot.on_step(step, 5.0 / step, 0.001, 1.0)
        if step % 10 == 0:
            plot.on_eval(step, 5.0 / step + 0.01)
    plot.on_end()


@pytest.mark.parametrize("watched", [True, False])
def test_one_output_whatever_happens(shown, monkeypatch: pytest.MonkeyPatch, watched: bool) -> None:
    monkeypatch.setattr(training, "someone_watches", lambda: watched)
    run(LivePlot(floor=0.2, every=10, clock=lambda: 0.0), steps=50)
    assert [event for event, _ in shown] == ["new"] + ["update"] * (6 if watched else 1)
    assert len({repr(picture) for _, picture in shown}) == 1  # the words are the same from first to last
    assert "the entropy floor as a dashed line" in repr(shown[-1][1])


def test_redrawing_takes_a_small_share_of_the_time(shown, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0

    def clock() -> float:  # every look at it takes a second, so a redraw takes one
        nonlocal now
        now += 1.0
        return now

    monkeypatch.setattr(training, "someone_watches", lambda: True)
    plot = LivePlot(every=1, clock=clock)
    run(plot, steps=100)
    assert len(shown) - 2 <= 100 * training.MOST_TIME + 1


def test_nothing_is_shown_outside_of_ipython(capsys) -> None:
    run(LivePlot(floor=0.2), steps=3)
    LiveOutput().show("x")
    assert capsys.readouterr().out == ""


def test_the_title_states_the_finding() -> None:
    plot = LivePlot(floor=0.25)
    assert plot.figure()._suptitle.get_text() == "Training has not begun"
    plot.on_step(1, 4.0)
    assert plot.figure()._suptitle.get_text() == "Step 1: training loss 4.000, 1500% above the floor"
    plot.on_eval(1, 0.275)
    assert plot.figure()._suptitle.get_text() == "Step 1: validation loss 0.275, 10% above the floor"


def test_a_resumed_run_keeps_its_past() -> None:
    history = History(losses=[5.0, 4.0], grad_norms=[1.0, 2.0], validation=[(2, 4.1)])
    plot = LivePlot(gradient_norms=True)
    plot.on_start(SimpleNamespace(history=history))
    plot.on_step(3, 3.0, 0.001, 3.0)
    assert plot.training == [(1, 5.0), (2, 4.0), (3, 3.0)]
    assert plot.norms == [(1, 1.0), (2, 2.0), (3, 3.0)]
    assert plot.validation == [(2, 4.1)]
    assert len(history.losses) == 2  # the run's own record is left alone


def test_a_history_can_be_plotted_afterwards() -> None:
    history = History(losses=[5.0, 4.0], grad_norms=[1.0, 2.0], validation=[(2, 4.1)])
    figure = plot_history(history, floor=0.5, gradient_norms=True, marks={2: "here"})
    assert [list(map(tuple, line.get_xydata())) for line in figure.axes[0].lines[:2]] == [[(1, 5), (2, 4)], [(2, 4.1)]]
    assert len(figure.axes) == 2


def test_it_watches_a_real_training_run(scene, shown) -> None:
    stories = [story.text for story in scene.world.stories(8, seed=5)]
    plot = LivePlot(floor=0.2, gradient_norms=True)
    samples = LiveSamples(scene.model, scene.tokenizer, "Mia", world=scene.world, max_new_tokens=3)
    batches = Batches(stories, scene.tokenizer, context=128, batch_size=2, seed=0)
    state = {name: value.clone() for name, value in scene.model.state_dict().items()}
    try:
        history = train(
            scene.model, batches, TrainConfig(steps=4, eval_every=2), callbacks=[plot, samples], validation=stories[:2]
        )
    finally:
        scene.model.load_state_dict(state)
    assert [loss for _, loss in plot.training] == history.losses
    assert plot.validation == history.validation
    assert [sample.step for sample in samples.samples] == [0, 2, 4]
    assert [event for event, _ in shown].count("new") == 2


def test_samples_are_judged_word_by_word(scene) -> None:
    good = judged_sample(7, scene.text, scene.world)
    assert (good.fault, good.verdict) == (None, "✓ as in the world")
    bad = judged_sample(7, "Nora was. a zero", scene.world)
    assert (bad.fault, bad.verdict) == (2, "✗ wrong from word 3 on")
    assert marked(bad) == "Nora was<u><b>.</b></u> a zero"
    assert marked(judged_sample(7, "Nora Nora ran", scene.world)) == "Nora <u><b>Nora</b></u> ran"
    assert judged_sample(7, "x", None).verdict == ""


def test_the_table_of_samples() -> None:
    table = SampleTable([Sample(0, "<b> x"), Sample(1000, "Mia ran.")])
    data = table._repr_mimebundle_()
    assert "&lt;b&gt; x" in data["text/html"]
    assert "1,000" in data["text/html"]
    assert "the world says" not in data["text/html"]
    assert data["text/plain"] == repr(SampleTable([Sample(5, "other"), Sample(6, "words")]))


def test_samples_come_at_every_nth_evaluation(scene, shown) -> None:
    samples = LiveSamples(scene.model, scene.tokenizer, every=2, max_new_tokens=1)
    for step in range(1, 6):
        samples.on_eval(step, 1.0)
    assert [sample.step for sample in samples.samples] == [2, 4]
