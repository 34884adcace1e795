"""The watcher: no learner takes the machine from the others. The hub runs it as a service.

Two rules, looked at every few seconds:

- All processes of one learner together hold at most WATCHER_MEMORY that they share with nobody. Beyond it the largest
  of them is ended; JupyterLab says that the kernel has died, and starts a new one. (A single notebook that asks for too
  much gets a MemoryError from the system before that, see learner_server.py. This rule is for many notebooks.)
- A process that has computed for WATCHER_COMPUTING_SECONDS of processor time without a rest is interrupted, as by the
  stop button: variables are kept. One that goes on regardless is ended.
"""

import json
import os
import signal
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import suppress

import psutil
from learner_server import size_in_bytes

SECONDS = 3.0  # between two looks
REST = 0.01  # a process that uses less than this share of a core between two looks has rested
GRACE = 20.0  # seconds of processor time that an interrupted process may still use


class Stretch:
    """How long one process has computed without a rest."""

    def __init__(self, used: float):
        self.since = self.last = used
        self.interrupted = False

    def look(self, used: float, seconds: float) -> float:
        """Processor seconds of this stretch, given all that the process has `used` in its life."""
        if used - self.last < REST * seconds:
            self.since, self.interrupted = used, False
        self.last = used
        return used - self.since


class Watcher:
    """Both rules, and what is remembered from one look to the next."""

    def __init__(self, memory: int, computing: float):
        self.memory, self.computing = memory, computing
        self.stretches: dict[tuple[int, float], Stretch] = {}

    def look(self, servers: dict[str, int], seconds: float = SECONDS) -> list[str]:
        """Look at each learner's server, given by its process id; what was done, in words."""
        done, seen = [], {}
        for learner, pid in servers.items():
            with suppress(psutil.NoSuchProcess):
                server, others = family(pid)
                done += [f"{learner}: {text}" for text in self.check_memory(server, others)]
                for process in others:
                    with suppress(psutil.NoSuchProcess):
                        key = (process.pid, process.create_time())
                        used = sum(process.cpu_times()[:2])
                        seen[key] = self.stretches.get(key) or Stretch(used)
                        done += [f"{learner}: {text}" for text in self.check_time(process, seen[key], used, seconds)]
        self.stretches = seen
        return done

    def check_memory(self, server: psutil.Process, others: list[psutil.Process]) -> Iterator[str]:
        """End the largest process while all together hold too much."""
        if sum(resident(process) for process in (server, *others)) <= self.memory:
            return  # resident memory is quick to read, and never less than what is unshared
        unshared = {process: unshared_memory(process) for process in (server, *others)}
        while sum(unshared.values()) > self.memory:
            largest = max(others or [server], key=lambda process: unshared.get(process, 0))
            held = unshared.pop(largest)
            others = [process for process in others if process != largest]
            with suppress(psutil.NoSuchProcess):
                largest.kill()
                yield f"process {largest.pid} held {held / 2**20:.0f} MiB, together too much: ended"

    def check_time(self, process: psutil.Process, stretch: Stretch, used: float, seconds: float) -> Iterator[str]:
        """Interrupt a process that has computed for too long; end one that does not heed it."""
        computed = stretch.look(used, seconds)
        if computed > self.computing + GRACE and stretch.interrupted:
            process.kill()
            yield f"process {process.pid} went on after it was interrupted: ended"
        elif computed > self.computing and not stretch.interrupted:
            process.send_signal(signal.SIGINT)
            stretch.interrupted = True
            yield f"process {process.pid} had computed for {computed:.0f} s without a rest: interrupted"


def family(pid: int) -> tuple[psutil.Process, list[psutil.Process]]:
    """A learner's server and all their other processes.

    Where the learner has an account of their own, all that it runs counts, also what has left its parent.
    """
    server = psutil.Process(pid)
    others = {process.pid: process for process in server.children(recursive=True)}
    uid = server.uids().real
    if uid != os.getuid():
        for process in psutil.process_iter():
            with suppress(psutil.NoSuchProcess):
                if process.uids().real == uid and process.pid != pid:
                    others[process.pid] = process
    return server, list(others.values())


def resident(process: psutil.Process) -> int:
    with suppress(psutil.NoSuchProcess):
        return process.memory_info().rss
    return 0


def unshared_memory(process: psutil.Process) -> int:
    """What would be free again if the process ended."""
    with suppress(psutil.NoSuchProcess, psutil.AccessDenied):
        return process.memory_full_info().uss
    return 0


def running_servers() -> dict[str, int]:
    """The process id of every learner's server, as the hub knows it."""
    url = os.environ["JUPYTERHUB_API_URL"] + "/users?state=active&limit=200"
    servers: dict[str, int] = {}
    while url:
        headers = {
            "Authorization": "token " + os.environ["JUPYTERHUB_API_TOKEN"],
            "Accept": "application/jupyterhub-pagination+json",
        }
        with urllib.request.urlopen(urllib.request.Request(url, headers=headers), timeout=30) as answer:
            page = json.load(answer)
        for user in page["items"]:
            for server in user["servers"].values():
                if pid := (server.get("state") or {}).get("pid"):
                    servers[user["name"]] = pid
        following = page["_pagination"]["next"]
        url = following["url"] if following else ""
    return servers


def main() -> None:
    memory, computing = os.environ["WATCHER_MEMORY"], float(os.environ["WATCHER_COMPUTING_SECONDS"])
    watcher, last = Watcher(size_in_bytes(memory), computing), time.monotonic()
    while True:
        time.sleep(SECONDS)
        try:
            servers = running_servers()
        except (urllib.error.URLError, TimeoutError) as error:
            print(f"watcher: the hub does not answer ({error})", flush=True)
            continue
        now = time.monotonic()
        for line in watcher.look(servers, now - last):
            print(f"watcher: {line}", flush=True)
        last = now


if __name__ == "__main__":
    main()
