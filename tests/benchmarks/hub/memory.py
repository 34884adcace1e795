"""Memory of every learner's server and kernels, looked at again and again while they work.

Three measures: resident (rss) counts what is shared with others each time; unshared (uss) is what would be free again
if the process ended; proportional (pss) divides what is shared among those who share it, so that it can be added up.
"""

from __future__ import annotations

import asyncio
import time
from contextlib import suppress
from typing import Any

import psutil
from running_hub import Hub

MIB = 2**20


class MemoryLog:
    """Samples memory in a task of its own: `async with MemoryLog(hub) as log: …`, then `log.figures()`."""

    def __init__(self, hub: Hub, every: float = 5.0, then: Any = None):
        self.hub, self.every, self.then = hub, every, then
        self.before = used()
        self.idle: dict[str, float] = {}  # unshared memory of each server before any notebook was opened
        self.peaks: dict[str, dict[str, float]] = {}  # of each learner
        self.processes: dict[int, dict[str, float]] = {}  # peaks of each single process, and its processor seconds
        self.series: list[dict[str, float]] = []
        self.hub_and_proxy = 0.0

    async def __aenter__(self) -> MemoryLog:
        self.begun = time.monotonic()
        psutil.cpu_percent()
        self.task = asyncio.create_task(self._repeat())
        return self

    async def __aexit__(self, *_: Any) -> None:
        self.task.cancel()
        with suppress(asyncio.CancelledError):
            await self.task
        await self.sample()

    async def _repeat(self) -> None:
        while True:
            await self.sample()
            if self.then:
                self.then(self)
            await asyncio.sleep(self.every)

    async def sample(self) -> None:
        await asyncio.to_thread(self._sample)

    def _sample(self) -> None:
        pss, kernels, servers = 0.0, 0, self.hub.server_pids()
        self.hub_and_proxy = max(self.hub_and_proxy, hub_and_proxy(self.hub, set(servers.values())))
        for name, pid in servers.items():
            with suppress(psutil.NoSuchProcess):
                server = psutil.Process(pid)
                sizes = {process.pid: size(process) for process in (server, *server.children(recursive=True))}
                for process, measured in sizes.items():
                    self.processes[process] = larger(self.processes.get(process, {}), measured)
                total = {measure: sum(each[measure] for each in sizes.values()) for measure in ("rss", "uss", "pss")}
                total["server_uss"] = sizes[pid]["uss"]
                self.peaks[name] = larger(self.peaks.get(name, {}), total)
                if len(sizes) == 1:
                    self.idle[name] = sizes[pid]["uss"]
                pss += total["pss"]
                kernels += len(sizes) - 1
        self.series.append(
            {
                "second": round(time.monotonic() - self.begun, 1),
                "pss": round(pss),
                "machine": round(used() - self.before),
                "kernels": kernels,
                "processor": psutil.cpu_percent(),
            }
        )

    def figures(self) -> dict[str, Any]:
        """All in MiB; a learner's peak is the largest sum over their processes at one moment."""
        return {
            "learners": {name: rounded(peaks) for name, peaks in sorted(self.peaks.items())},
            "idle_server_uss": rounded(self.idle),
            "all_pss": max((each["pss"] for each in self.series), default=0),
            "machine": max((each["machine"] for each in self.series), default=0),
            "hub_and_proxy_pss": round(self.hub_and_proxy),
            "series": self.series,
        }


def size(process: psutil.Process) -> dict[str, float]:
    """Resident, unshared and proportional memory of a process, in MiB, and the processor seconds that it has used."""
    with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
        found, used = process.memory_full_info(), process.cpu_times()
        proportional = getattr(found, "pss", found.uss)  # only Linux has it
        return {
            "rss": found.rss / MIB,
            "uss": found.uss / MIB,
            "pss": proportional / MIB,
            "processor": used.user + used.system,
        }
    return {"rss": 0.0, "uss": 0.0, "pss": 0.0, "processor": 0.0}  # it has just ended


def hub_and_proxy(hub: Hub, servers: set[int]) -> float:
    """Memory of the hub, its proxy and its services, without the learners' servers."""
    process = psutil.Process(hub.process.pid)
    return sum(size(each)["pss"] for each in (process, *process.children()) if each.pid not in servers)


def used() -> float:
    """Memory of the machine that is in use and could not be had for something else, in MiB."""
    memory = psutil.virtual_memory()
    return (memory.total - memory.available) / MIB


def larger(one: dict[str, float], other: dict[str, float]) -> dict[str, float]:
    return {name: max(one.get(name, 0.0), other.get(name, 0.0)) for name in one | other}


def rounded(values: dict[str, float]) -> dict[str, float]:
    return {name: round(value) for name, value in values.items()}
