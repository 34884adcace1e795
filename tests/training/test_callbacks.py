import io

import pytest

from llmcourse.training import ProgressBar, RecordMetrics, SaveCheckpoint, TrainConfig, callbacks, train
from llmcourse.training.state import read_state


def test_the_metrics_are_a_table_with_a_row_per_step(make_model, make_batches, documents):
    metrics = RecordMetrics()
    config = TrainConfig(steps=4, eval_every=2)
    history = train(make_model(), make_batches(), config, [metrics], validation=documents[:3])
    assert [row["step"] for row in metrics.rows] == [1, 2, 3, 4]
    assert [row["loss"] for row in metrics.rows] == history.losses
    assert [row["lr"] for row in metrics.rows] == history.lrs
    evaluated = [(row["step"], row["validation_loss"]) for row in metrics.rows if "validation_loss" in row]
    assert evaluated == history.validation


def test_checkpoints_are_saved_every_so_often_and_at_the_end(make_model, make_batches, tmp_path):
    path, saved = tmp_path / "deeper" / "run.safetensors", []

    class Look:
        def on_step(self, step, loss, lr, grad_norm):
            saved.append(read_state(path)[1]["step"] if path.exists() else None)

    train(make_model(), make_batches(), TrainConfig(steps=7), [SaveCheckpoint(path, every=3), Look()])
    assert saved == [None, None, 3, 3, 3, 6, 6]
    assert read_state(path)[1]["step"] == 7


def test_nothing_is_saved_in_the_middle_of_a_step(make_model, make_batches, tmp_path):
    path, model = tmp_path / "run.safetensors", make_model()

    def interrupt(*_):
        raise KeyboardInterrupt

    class InTheMiddle:
        def on_step(self, step, loss, lr, grad_norm):
            if step == 3:
                model.register_forward_pre_hook(interrupt)  # step 4 has taken its batch by then

    history = train(model, make_batches(), TrainConfig(steps=7), [SaveCheckpoint(path, every=2), InTheMiddle()])
    assert history.interrupted
    assert len(history.losses) == 3
    assert read_state(path)[1]["step"] == 2


@pytest.mark.parametrize(("config", "total"), [({"steps": 5}, "5/5"), ({"seconds": 5}, "5/5 s")])
def test_the_bar_fills_and_tells_the_loss(make_model, make_batches, monkeypatch, config, total):
    screen = io.StringIO()
    from llmcourse import progress

    monkeypatch.setattr(progress, "someone_watches", lambda: True)
    monkeypatch.setattr(
        callbacks, "progress_bar", lambda *a, **k: progress.progress_bar(*a, file=screen, mininterval=0, **k)
    )

    def clock(now=[0.0]):  # noqa: B006
        now[0] += 1.0
        return now[0]

    history = train(make_model(), make_batches(), TrainConfig(**config), [ProgressBar()], clock=clock)
    last = screen.getvalue().split("\r")[-1]
    assert "training" in last
    assert total in last
    assert f"loss {history.losses[-1]:.3f}" in last


def test_the_bar_is_silent_when_nobody_watches(make_model, make_batches, capfd, monkeypatch):
    monkeypatch.setenv("LLMCOURSE_QUIET", "1")
    train(make_model(), make_batches(), TrainConfig(steps=2), [ProgressBar()])
    assert capfd.readouterr() == ("", "")
