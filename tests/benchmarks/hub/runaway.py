"""One learner's runaway notebooks, beside others who want to work: what stops it, and what the others notice."""

from __future__ import annotations

import asyncio
import time
from dataclasses import replace
from typing import Any

from learner import Learner
from load import progress, work
from running_hub import Hub, Setting

LOOP = "while True: pass"
GREEDY = """
hoard = []
try:
    while True:
        hoard.append(bytearray(2**24))
except MemoryError:
    held = 16 * len(hoard)
    del hoard
print(held)
"""
HOLD = """
hoard = [bytearray(2**24) for _ in range({count})]
import time; time.sleep(3600)
"""


async def runaway(setting: Setting, users: int, notebooks: list[str], computing: float = 30.0) -> dict[str, Any]:
    """The same class twice: by itself, and beside a learner whose three notebooks run away in three ways.

    `computing` are the processor seconds after which the watcher interrupts; a class has half an hour of them.
    """
    alone = await _class(setting, users, notebooks)
    fast = replace(setting, watcher={"WATCHER_COMPUTING_SECONDS": str(computing)})
    beside = await _class(fast, users, notebooks, with_runaway=True)
    return {"setting": setting.name, "users": users, "alone": alone, "beside": beside}


async def _class(setting: Setting, users: int, notebooks: list[str], with_runaway: bool = False) -> dict[str, Any]:
    names = [f"learner-{number:02}" for number in range(1, users + 1)]
    with Hub(setting, [*names, "runaway"]) as hub:
        *learners, bolter = [Learner(hub, name) for name in hub.learners]
        await asyncio.gather(*(learner.start_server() for learner in (*learners, bolter)))
        begun = time.monotonic()
        bolting = asyncio.create_task(bolt(bolter)) if with_runaway else None
        await asyncio.gather(*(work(learner, notebooks) for learner in learners))
        seconds = round(time.monotonic() - begun, 1)
        found = {"seconds": seconds, "learners": {learner.name: progress(learner) for learner in learners}}
        if bolting:
            found["runaway"] = await asyncio.wait_for(bolting, 1200)
            found["watcher"] = hub.watcher_lines()
        return found


async def bolt(learner: Learner) -> dict[str, Any]:
    """What became of a loop without end, of a greedy cell, and of many notebooks that each hold much."""
    loop, greedy = await learner.kernel("loop.ipynb"), await learner.kernel("greedy.ipynb")
    looping = asyncio.create_task(loop.execute(LOOP))
    ate = await greedy.execute(GREEDY)
    holders = [await learner.kernel(f"hold-{number}.ipynb") for number in range(3)]
    tasks = [asyncio.create_task(each.execute(HOLD.format(count=64))) for each in holders]  # 1 GiB each
    finished, waiting = await asyncio.wait(tasks, timeout=600, return_when=asyncio.FIRST_COMPLETED)
    for task in waiting:
        task.cancel()
    outcomes = [type(task.exception()).__name__ if task.exception() else task.result().error for task in finished]
    looped = await looping
    alive = await greedy.execute("print('here')")
    return {
        "loop": looped.error,
        "loop_seconds": round(looped.seconds, 1),
        "greedy_held_mib": int(ate.text or 0),
        "greedy_error": ate.error,
        "greedy_kernel_lives": alive.text.strip() == "here",
        "many_notebooks": outcomes or ["not stopped"],
    }
