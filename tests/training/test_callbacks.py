import builtins
import io
import json

import pytest

from llmcourse.errors import CourseError
from llmcourse.training import (
    MetricsFile,
    ProgressBar,
    RecordMetrics,
    SaveCheckpoint,
    TensorBoard,
    TrainConfig,
    callbacks,
    train,
)
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


class StopAt:
    def __init__(self, step):
        self.stop_step = step

    def on_step(self, step, loss, lr, grad_norm):
        if step == self.stop_step:
            raise KeyboardInterrupt


def read_rows(path):
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def test_the_metrics_file_holds_what_the_table_holds(make_model, make_batches, documents, tmp_path):
    table, path = RecordMetrics(), tmp_path / "deeper" / "metrics.jsonl"
    config = TrainConfig(steps=5, eval_every=2)
    train(make_model(), make_batches(), config, [table, MetricsFile(path)], validation=documents[:3])
    assert read_rows(path) == table.rows


def test_a_resumed_run_goes_on_in_its_metrics_file_and_has_no_step_twice(make_model, make_batches, documents, tmp_path):
    config, whole = TrainConfig(steps=9, eval_every=4), RecordMetrics()
    train(make_model(), make_batches(), config, [whole], validation=documents[:3])

    path, saved = tmp_path / "metrics.jsonl", tmp_path / "run.safetensors"
    keep = SaveCheckpoint(saved, every=3)
    keep.on_end = lambda history: None  # as after a kill: the last checkpoint is that of step 3
    train(make_model(), make_batches(), config, [MetricsFile(path), keep, StopAt(5)], validation=documents[:3])
    with path.open("a") as file:
        file.write('{"step": 6, "lo')  # a line that the kill has cut off
    train(make_model(), make_batches(), config, [MetricsFile(path)], validation=documents[:3], resume=saved)
    assert read_rows(path) == whole.rows


def test_a_new_run_begins_a_new_metrics_file(make_model, make_batches, tmp_path):
    path = tmp_path / "metrics.jsonl"
    for _ in range(2):
        train(make_model(), make_batches(), TrainConfig(steps=3), [MetricsFile(path)])
    assert [row["step"] for row in read_rows(path)] == [1, 2, 3]


def test_a_metrics_file_that_cannot_be_written_is_a_clear_error(make_model, make_batches, tmp_path):
    with pytest.raises(CourseError, match="cannot write .*; choose another place"):
        train(make_model(), make_batches(), TrainConfig(steps=3), [MetricsFile(tmp_path)])


def test_without_tensorboard_one_is_told_how_to_get_it(monkeypatch, tmp_path):
    real = builtins.__import__

    def none(name, *arguments, **more):
        if "tensorboard" in name:
            raise ImportError(name)
        return real(name, *arguments, **more)

    monkeypatch.setattr(builtins, "__import__", none)
    with pytest.raises(CourseError, match="pip install tensorboard"):
        TensorBoard(tmp_path)


def test_tensorboard_gets_every_step(make_model, make_batches, documents, monkeypatch, tmp_path):
    written = []

    class Writer:
        def __init__(self, folder, purge_step):
            written.append((folder, purge_step))

        def add_scalar(self, name, value, step):
            written.append((name, step))

        def close(self):
            written.append("closed")

    module = type("Module", (), {"SummaryWriter": Writer})
    monkeypatch.setitem(__import__("sys").modules, "torch.utils.tensorboard", module)
    config = TrainConfig(steps=2, eval_every=2)
    train(make_model(), make_batches(), config, [TensorBoard(tmp_path)], validation=documents[:3])
    assert written[0] == (str(tmp_path), 1)
    assert [item for item in written if item[0] == "loss/batch"] == [("loss/batch", 1), ("loss/batch", 2)]
    assert ("loss/validation", 2) in written
    assert written[-1] == "closed"
