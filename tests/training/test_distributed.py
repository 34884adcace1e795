"""Two processes on this machine do what one does. Each launch costs seconds, so each tries several things."""

import json
import os
import runpy
import subprocess
import sys
from pathlib import Path

import pytest
import torch

from llmcourse.training import SaveCheckpoint
from llmcourse.training.distributed import Team, gathered, join, whole
from llmcourse.training.state import read_state

PROGRAM = Path(__file__).with_name("team_run.py")
pytestmark = [
    pytest.mark.skipif(not torch.distributed.is_available(), reason="this PyTorch has no torch.distributed"),
    pytest.mark.skipif(os.name == "nt", reason="gloo under torchrun needs more than a Windows wheel brings"),
]


def torchrun(what: str, folder: Path) -> subprocess.CompletedProcess:
    """Two processes of the program beside this file."""
    launcher = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    here = {"PYTHONPATH": str(PROGRAM.parents[2]), "OMP_NUM_THREADS": "1", "LLMCOURSE_DEVICE": "cpu"}
    return subprocess.run(
        [*launcher, str(PROGRAM), what, str(folder)], env=os.environ | here, capture_output=True, text=True, timeout=300
    )


def test_two_processes_have_the_losses_of_one_and_checkpoints_go_in_and_out(tmp_path):
    program = runpy.run_path(str(PROGRAM))
    expected, model = program["run"]("ddp")
    program["run"]("ddp", SaveCheckpoint(tmp_path / "one.safetensors"), program["StopAt"](program["HALF"]))
    finished = torchrun("share", tmp_path)
    assert finished.returncode == 0, finished.stderr

    found = json.loads((tmp_path / "found.json").read_text())
    sums = [p.sum().item() for p in model.parameters()]
    for engine in ("ddp", "fsdp"):
        assert found[f"{engine}, stopped and resumed"] == pytest.approx(expected, abs=1e-6)
        assert found[f"{engine}, begun by one process"] == pytest.approx(expected, abs=1e-6)
        assert found[f"{engine}, weights"] == pytest.approx(sums, abs=1e-4)
        # What two processes have saved one goes on with.
        losses, _ = program["run"](engine, resume=tmp_path / f"{engine}.safetensors")
        assert losses == pytest.approx(expected, abs=1e-6)


def test_when_one_process_is_killed_the_job_ends_with_a_word_and_can_be_resumed(tmp_path):
    program = runpy.run_path(str(PROGRAM))
    expected, _ = program["run"]("ddp")
    killed = torchrun("die", tmp_path)
    assert killed.returncode != 0
    assert "team_run: another process of this training has ended; begin again with --resume" in killed.stderr
    assert read_state(tmp_path / "killed.safetensors")[1]["step"] == program["HALF"]

    resumed = torchrun("resume", tmp_path)
    assert resumed.returncode == 0, resumed.stderr
    history = read_state(tmp_path / "killed.safetensors")[1]["history"]
    assert history["losses"] == pytest.approx(expected[: program["STEPS"]], abs=1e-6)


def test_one_process_is_a_team_of_itself(monkeypatch):
    monkeypatch.delenv("WORLD_SIZE", raising=False)
    with join() as team:
        assert team == Team(0, 1)
        assert team.leads
        assert team.total(torch.tensor(3.0)) == 3
        assert team.settle(True, 2.5, torch.device("cpu")) == (True, 2.5)
    assert not torch.distributed.is_initialized()


def test_what_is_not_dealt_out_is_whole_already():
    layer = torch.nn.Linear(2, 2)
    assert whole(layer.weight) is layer.weight
    assert gathered(layer) is layer


def test_an_error_of_ones_own_is_passed_on_as_it_is(monkeypatch):
    monkeypatch.setenv("WORLD_SIZE", "1")
    with pytest.raises(RuntimeError, match="my own"), join():
        raise RuntimeError("my own")
