"""What several processes do together in test_distributed.py:  torchrun --nproc-per-node 2 team_run.py WHAT FOLDER"""

import json
import os
import signal
import sys
from pathlib import Path

from llmcourse.corpus import WordTokenizer
from llmcourse.errors import CourseError
from llmcourse.model import GPT, ModelConfig
from llmcourse.training import Batches, Callback, SaveCheckpoint, TrainConfig, train
from llmcourse.training.distributed import gathered, join

STEPS, HALF = 12, 6


class StopAt(Callback):
    def __init__(self, step: int):
        self.stop_step = step

    def on_step(self, step: int, loss: float, lr: float, grad_norm: float) -> None:
        if step == self.stop_step:
            raise KeyboardInterrupt


class DieAt(Callback):
    """The second process is killed, as by a computer that loses its power."""

    def on_start(self, run) -> None:
        self.rank = run.team.rank

    def on_step(self, step: int, loss: float, lr: float, grad_norm: float) -> None:
        if step == HALF + 2 and self.rank == 1:
            os.kill(os.getpid(), signal.SIGKILL)


def run(engine: str, *callbacks: Callback, resume: Path | None = None) -> tuple[list[float], GPT]:
    """The losses of a small training, and its model; validation losses stand behind those of the steps."""
    tokenizer = WordTokenizer([f"w{number}" for number in range(10)])
    documents = [" ".join(f"w{(start + i) % 10}" for i in range(3 + start % 9)) for start in range(50)]
    model = GPT(ModelConfig(tokenizer.vocab_size, context=16, d_model=16, n_layers=2, n_heads=2)).initialize(0)
    batches = Batches(documents, tokenizer, context=16, batch_size=7)  # an odd number: one process has more rows
    config = TrainConfig(steps=STEPS, engine=engine, eval_every=4, accumulate=2)
    history = train(model, batches, config, callbacks, documents[:5], resume=resume)
    return history.losses + [loss for _, loss in history.validation], model


def share(folder: Path, leads: bool) -> None:
    found = {}
    for engine in ("ddp", "fsdp"):
        file = folder / f"{engine}.safetensors"
        run(engine, SaveCheckpoint(file, every=100), StopAt(HALF))
        found[f"{engine}, stopped and resumed"], model = run(engine, resume=file)
        found[f"{engine}, begun by one process"], _ = run(engine, resume=folder / "one.safetensors")
        weights = gathered(model)
        found[f"{engine}, weights"] = [p.sum().item() for p in weights.parameters()]
    if leads:
        (folder / "found.json").write_text(json.dumps(found))


if __name__ == "__main__":
    what, folder = sys.argv[1], Path(sys.argv[2])
    try:
        with join() as team:
            if what == "share":
                share(folder, team.leads)
            else:
                saved = folder / "killed.safetensors"
                killer = [DieAt()] if what == "die" else []
                run("ddp", SaveCheckpoint(saved, every=HALF), *killer, resume=saved if what == "resume" else None)
    except CourseError as error:
        sys.exit(f"team_run: {error}")
