"""A class at once: how long its notebooks take, what they hold in memory, and how fast its models train."""

from __future__ import annotations

import asyncio
import statistics
import time
from collections.abc import Callable
from dataclasses import asdict
from typing import Any

from learner import KernelDied, Learner
from memory import MemoryLog, rounded
from running_hub import Hub, Setting

Figures = dict[str, Any]

# The model of chapter 10, trained for a while: the one measure that both settings can be given in the same time.
PREPARE = """
import time
from llmcourse.course import begin; begin("10")
from llmcourse.corpus import load
from llmcourse.model import GPT
from llmcourse.training import Batches, train
from llmcourse.training.pretrain import gpt_config, train_config
corpus = load("world")
tokenizer = corpus.tokenizer()
model = GPT(gpt_config(tokenizer.vocab_size)).initialize(10)
batches = Batches(corpus.train, tokenizer, context=128, batch_size=16, seed=10)
"""
TRAIN = """
begun, steps = time.perf_counter(), 0
while time.perf_counter() - begun < {seconds}:
    steps += len(train(model, batches, train_config(steps=2)).losses)
print(1000 * (time.perf_counter() - begun) / steps)
"""


async def load(
    setting: Setting, users: int, notebooks: list[str], limit: float, save: Callable[[Figures], None]
) -> Figures:
    """Everybody works through the notebooks at the same time. `save` gets what is known so far, every few seconds."""
    with Hub(setting, [f"learner-{number:02}" for number in range(1, users + 1)]) as hub:
        learners = [Learner(hub, name) for name in hub.learners]
        begun = time.monotonic()

        def figures(log: MemoryLog, complete: bool = False) -> Figures:
            return {
                "setting": setting.name,
                "users": users,
                "notebooks": notebooks,
                "complete": complete,
                "seconds": round(time.monotonic() - begun, 1),
                "learners": {learner.name: progress(learner, log.processes) for learner in learners},
                "memory": log.figures(),
                "watcher": hub.watcher_lines(),
            }

        async with MemoryLog(hub, then=lambda log: save(figures(log))) as log:
            await asyncio.gather(*(learner.start_server() for learner in learners))
            await log.sample()  # servers without kernels
            try:
                async with asyncio.timeout(limit):
                    await asyncio.gather(*(work(learner, notebooks) for learner in learners))
            except TimeoutError:
                pass  # how far they got is the figure
        return figures(log, complete=True) | {"disk": disk(hub)}


async def work(learner: Learner, notebooks: list[str]) -> None:
    for notebook in notebooks:
        try:
            await learner.work_through(notebook)
        except KernelDied as error:
            learner.work[notebook].errors.append(f"KernelDied: {error}")


def progress(learner: Learner, processes: dict[int, dict[str, float]] | None = None) -> Figures:
    """How far a learner got; with `processes`, also what the kernel of each notebook has used."""
    notebooks = {}
    for name, done in learner.work.items():
        notebooks[name] = asdict(done) | {"seconds": round(done.seconds, 1), "finished": done.finished}
        notebooks[name]["kernel"] = rounded((processes or {}).get(notebooks[name].pop("process"), {}))
    return {
        "server_started_in": round(learner.starting, 1),
        "received_mib": round(learner.received / 2**20, 1),
        "notebooks": notebooks,
    }


def disk(hub: Hub) -> float:
    """MiB in the largest home when all is done: notebooks, outputs, what JupyterLab keeps."""
    homes = [sum(file.lstat().st_size for file in home.rglob("*")) for home in hub.homes.values()]
    return round(max(homes, default=0) / 2**20, 1)


async def steps(setting: Setting, users: int, seconds: float) -> Figures:
    """Milliseconds for a training step of chapter 10's model while `users` train it at the same time."""
    with Hub(setting, [f"trainer-{number:02}" for number in range(1, users + 1)]) as hub:
        learners = [Learner(hub, name) for name in hub.learners]
        await asyncio.gather(*(learner.start_server() for learner in learners))
        kernels = await asyncio.gather(*(learner.kernel() for learner in learners))
        cells = await asyncio.gather(*(kernel.execute(PREPARE) for kernel in kernels))
        cells += await asyncio.gather(*(kernel.execute(TRAIN.format(seconds=seconds)) for kernel in kernels))
    if errors := [cell.error for cell in cells if cell.error]:
        raise RuntimeError(errors[0])
    found = [float(cell.text) for cell in cells[users:]]
    return {
        "setting": setting.name,
        "users": users,
        "milliseconds_per_step": {"median": round(statistics.median(found)), "all": [round(each) for each in found]},
        "steps_per_second_in_all": round(sum(1000 / each for each in found), 2),
    }
