import json
import os
import random
import runpy
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file

from llmcourse.errors import CourseError
from llmcourse.model import save_model
from llmcourse.training import Batches, Callback, SaveCheckpoint, TrainConfig, train
from llmcourse.training.state import TrainingStateError, read_state

PROGRAM = Path(__file__).with_name("killed_run.py")


class StopAt(Callback):
    def __init__(self, step: int):
        self.stop_step = step

    def on_step(self, step, loss, lr, grad_norm):
        if step == self.stop_step:
            raise KeyboardInterrupt


def weights(model) -> list[torch.Tensor]:
    return [p.detach().clone() for p in model.parameters()]


@pytest.mark.parametrize("stop", [1, 7, 12, 13])  # an epoch has 12 batches of 8 documents
@pytest.mark.parametrize(
    ("settings", "model_settings", "batch_settings"),
    [
        ({}, {"dropout": 0.2}, {}),
        ({"optimizer": "muon"}, {"tie_embeddings": True}, {"rows": "packed"}),
        (
            {"schedule": "warmup_cosine"},
            {"positions": "learned", "norm": "layernorm", "bias": True},
            {"cut_long": True},
        ),
    ],
)
def test_a_resumed_run_equals_the_uninterrupted_one_bit_for_bit(
    make_model, make_batches, documents, tmp_path, stop, settings, model_settings, batch_settings
):
    config = TrainConfig(steps=20, eval_every=6, **settings)
    validation, path = documents[:5], tmp_path / "run.safetensors"

    whole = make_model(**model_settings)
    expected = train(whole, make_batches(**batch_settings), config, validation=validation)

    first = make_model(**model_settings)
    callbacks = [SaveCheckpoint(path, every=1000), StopAt(stop)]
    assert train(first, make_batches(**batch_settings), config, callbacks, validation=validation).interrupted

    torch.manual_seed(99)  # another process has other random numbers, and other weights to begin with
    resumed = make_model(seed=5, **model_settings)
    history = train(resumed, make_batches(**batch_settings), config, validation=validation, resume=path)

    assert history.losses == expected.losses  # exactly, and so in all that follows
    assert history.lrs == expected.lrs
    assert history.grad_norms == expected.grad_norms
    assert history.validation == expected.validation
    assert history.tokens == expected.tokens
    assert not history.interrupted
    assert all(torch.equal(a, b) for a, b in zip(weights(resumed), weights(whole), strict=True))


def test_a_run_of_seconds_goes_on_with_the_time_that_is_left(make_model, make_batches, tmp_path):
    def clock():
        clock.now += 1.0
        return clock.now

    clock.now = 0.0
    path = tmp_path / "run.safetensors"
    config = TrainConfig(seconds=20)
    train(make_model(), make_batches(), config, [SaveCheckpoint(path, every=8), StopAt(8)], clock=clock)
    clock.now = 1000.0
    history = train(make_model(), make_batches(), config, resume=path, clock=clock)
    assert len(history.losses) == 20


def test_a_finished_run_resumes_to_itself(make_model, make_batches, tmp_path):
    path = tmp_path / "run.safetensors"
    first, second = make_model(), make_model(seed=1)
    expected = train(first, make_batches(), TrainConfig(steps=4), [SaveCheckpoint(path)])
    history = train(second, make_batches(), TrainConfig(steps=4), resume=path)
    assert history == expected
    assert all(torch.equal(a, b) for a, b in zip(weights(first), weights(second), strict=True))


class Attempts:
    """The program beside this file, which trains as often as it is asked to."""

    def __init__(self, checkpoint: Path, steps: int):
        environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])}
        command = [sys.executable, str(PROGRAM), str(checkpoint), str(steps)]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, bufsize=1, env=environment
        )

    def train(self, kill_after: int | None = None, delay: float = 0) -> tuple[list[int], int]:
        """Train in a process of its own; kill it `delay` seconds after a step. Returns its steps and exit code."""
        self.process.stdin.write("again\n")
        steps, pid = [], None
        for line in self.process.stdout:
            what, number = line.split()
            if what == "pid":
                pid = int(number)
            elif what == "ended":
                return steps, int(number)
            else:
                steps.append(int(number))
                if kill_after is not None and steps[-1] >= kill_after:
                    kill_after = None
                    time.sleep(delay)
                    os.kill(pid, signal.SIGKILL)
        raise AssertionError("the program ended by itself")

    def __enter__(self) -> "Attempts":
        return self

    def __exit__(self, *_: object) -> None:
        self.process.communicate(timeout=60)


@pytest.mark.skipif(not hasattr(os, "fork"), reason="Windows can neither fork nor SIGKILL")
def test_a_run_that_is_killed_fifty_times_at_any_moment_goes_on_to_the_same_end(tmp_path):
    steps, kills = 600, 50
    expected, path = tmp_path / "expected.safetensors", tmp_path / "killed.safetensors"
    runpy.run_path(str(PROGRAM))["run"](expected, steps, steps, [])

    rng = random.Random()  # other moments in each test run: the result may not depend on them
    reached = 0
    with Attempts(path, steps) as attempts:
        for kill in sorted(rng.sample(range(1, steps - 10), kills)):
            taken, code = attempts.train(kill_after=max(kill, reached + 1), delay=rng.random() * 0.01)
            assert code == -signal.SIGKILL
            assert taken[0] > reached  # it went on and did not begin again
            reached = read_state(path)[1]["step"]  # whole and readable after every kill, in a step or in a save
            assert reached >= taken[-1]
        taken, code = attempts.train()
    assert code == 0
    assert taken == list(range(reached + 1, steps + 1))

    (found, found_notes), (wanted, wanted_notes) = read_state(path), read_state(expected)
    assert found.keys() == wanted.keys()
    assert all(torch.equal(found[name], wanted[name]) for name in wanted)
    assert found_notes["history"]["losses"] == wanted_notes["history"]["losses"]
    assert {p.name for p in tmp_path.iterdir()} == {expected.name, path.name}  # and nothing is left lying about


@pytest.fixture
def saved(make_model, make_batches, tmp_path) -> Path:
    path = tmp_path / "run.safetensors"
    train(make_model(), make_batches(), TrainConfig(steps=3), [SaveCheckpoint(path)])
    return path


@pytest.mark.parametrize(
    ("config", "model_settings", "message"),
    [
        ({"lr": 0.5}, {}, "saved with lr=0.002, this run has 0.5"),
        ({"steps": 30}, {}, "saved with steps=3, this run has 30"),
        ({"optimizer": "muon"}, {}, "saved with optimizer='adamw'"),
        ({}, {"d_model": 32}, "of another model"),
        ({}, {"n_layers": 2}, r"of another model \(model.blocks.1."),
    ],
)
def test_a_checkpoint_of_another_run_is_refused_and_changes_nothing(
    make_model, make_batches, saved, config, model_settings, message
):
    model, batches = make_model(**model_settings), make_batches()
    before = weights(model)
    with pytest.raises(TrainingStateError, match=message) as caught:
        train(model, batches, TrainConfig(**{"steps": 3, **config}), resume=saved)
    assert "\n" not in str(caught.value)
    assert all(torch.equal(a, b) for a, b in zip(weights(model), before, strict=True))
    assert batches.position == 0


def test_a_checkpoint_for_other_documents_is_refused(make_model, documents, tokenizer, saved):
    with pytest.raises(CourseError, match="same documents and settings"):
        train(make_model(), Batches(documents[1:], tokenizer, 16, 8), TrainConfig(steps=3), resume=saved)


def test_how_often_to_evaluate_may_change(make_model, make_batches, saved):
    assert len(train(make_model(), make_batches(), TrainConfig(steps=3, eval_every=1), resume=saved).losses) == 3


def test_a_missing_damaged_or_foreign_file_is_an_error_of_one_line(
    make_model, make_batches, tokenizer, saved, tmp_path
):
    whole = saved.read_bytes()
    (tmp_path / "short").write_bytes(whole[: len(whole) // 2])
    (tmp_path / "flipped").write_bytes(whole[:-5] + bytes([whole[-5] ^ 1]) + whole[-4:])
    (tmp_path / "text").write_text("hello")
    (tmp_path / "empty").touch()
    save_file({"a": torch.zeros(2)}, tmp_path / "foreign")
    save_file({"a": torch.zeros(2)}, tmp_path / "newer", {"training": json.dumps({"format": "llmcourse-training-9"})})
    save_model(tmp_path / "model", make_model(), tokenizer)
    expected = {
        "missing": "there is no checkpoint",
        "short": "cannot be read",
        "flipped": "is damaged",
        "text": "cannot be read",
        "empty": "cannot be read",
        "foreign": "not a training checkpoint of this version",
        "newer": "not a training checkpoint of this version",
        "model": "not a training checkpoint of this version",
    }
    for name, message in expected.items():
        with pytest.raises(TrainingStateError, match=message) as caught:
            train(make_model(), make_batches(), TrainConfig(steps=3), resume=tmp_path / name)
        assert "\n" not in str(caught.value)


def test_a_place_that_cannot_be_written_is_a_clear_error_and_keeps_the_old_file(
    make_model, make_batches, saved, tmp_path
):
    before = saved.read_bytes()
    (tmp_path / "run.safetensors.tmp").mkdir()  # in the way of the temporary file, for root too
    with pytest.raises(CourseError, match="cannot write") as caught:
        train(make_model(), make_batches(), TrainConfig(steps=3), [SaveCheckpoint(saved)])
    assert "\n" not in str(caught.value)
    assert saved.read_bytes() == before
