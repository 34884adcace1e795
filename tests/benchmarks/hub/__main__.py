"""A real JupyterHub under load, on loopback.

    python tests/benchmarks/hub --users 12 --notebooks 04 10 --out figures.json

Every learner has a server of their own behind the hub's proxy and runs the notebooks cell by cell through its API, as
a browser would. The figures go to a file as they come, so that nothing is lost when the run is interrupted.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import platform
import signal
import sys
import time
from pathlib import Path
from typing import Any

import psutil
from isolation import isolation
from load import load, steps
from report import print_report
from runaway import runaway
from running_hub import ROOT, Setting, missing, no_accounts

SCENARIOS = ("isolation", "runaway", "steps", "load")


def main() -> None:
    signal.signal(signal.SIGTERM, lambda *_: sys.exit("stopped"))  # so that the hub and its accounts are removed
    options = arguments()
    if lack := missing():
        sys.exit(f"no hub can be started here: {lack}")
    accounts = options.spawner != "simple"
    if accounts and (lack := no_accounts(options.python)):
        print(f"without accounts of the learners' own: {lack}", flush=True)
        accounts = False
    figures = json.loads(options.out.read_text()) if options.add and options.out.exists() else {}
    figures |= {"machine": machine()}
    asyncio.run(measure(options, accounts, figures))
    print_report(figures)


async def measure(options: argparse.Namespace, accounts: bool, figures: dict[str, Any]) -> None:
    """All scenarios that were asked for, the short ones first."""

    def save(**found: Any) -> None:
        figures.update(found)
        write(options.out, figures)

    environment = dict(each.split("=", 1) for each in options.environment)

    def setting(threads: bool = True, accounts: bool = accounts) -> Setting:
        return Setting(threads, accounts, options.python, environment=environment)

    threads = {"both": (True, False), "set": (True,), "unset": (False,)}[options.threads]
    settings = [setting(each) for each in threads]
    notebooks = [notebook(name) for name in options.notebooks]
    if "isolation" in options.scenarios:
        which = [True, False] if accounts and options.spawner == "both" else [accounts]
        say("isolation")
        save(isolation=[await isolation(setting(accounts=each)) for each in which])
    if "runaway" in options.scenarios:
        say("a runaway beside others")
        save(runaway=await runaway(setting(), options.users, notebooks[:1]))
    if "steps" in options.scenarios:
        found = []
        for users in (1, options.users):
            for each in settings:
                say(f"training steps, {users} at once, {each.name}")
                found.append(await steps(each, users, options.seconds))
                save(steps=found)
    if "load" in options.scenarios:
        done: list[dict[str, Any]] = []
        limit = options.limit or 1e9
        for each in settings:
            say(f"load, {each.name}")
            done.append(await load(each, options.users, notebooks, limit, lambda part: save(load=[*done, part])))
            save(load=done)
            limit = options.limit or done[0]["seconds"]  # the others get as much time as the first needed


def say(what: str) -> None:
    print(f"{time.strftime('%H:%M:%S')}  {what}", flush=True)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python tests/benchmarks/hub", description=__doc__)
    parser.add_argument("--users", type=int, default=12)
    parser.add_argument("--notebooks", nargs="+", default=["04", "10"], metavar="NUMBER")
    parser.add_argument("--threads", choices=("both", "set", "unset"), default="both", help="one thread each, or not")
    parser.add_argument("--limit", type=float, help="seconds for each load (else: as long as the first setting needs)")
    parser.add_argument("--seconds", type=float, default=60, help="how long a training step is measured")
    parser.add_argument("--scenarios", nargs="+", choices=SCENARIOS, default=list(SCENARIOS))
    parser.add_argument("--spawner", choices=("both", "accounts", "simple"), default="both")
    parser.add_argument("--python", default=sys.executable, help="a Python that the learners' accounts may run")
    parser.add_argument("--environment", nargs="+", default=[], metavar="NAME=VALUE", help="for the learners' servers")
    parser.add_argument("--out", type=Path, default=ROOT / "build" / "hub" / "figures.json")
    parser.add_argument("--add", action="store_true", help="keep the figures of other scenarios that are in the file")
    return parser.parse_args()


def notebook(name: str) -> str:
    """The file name of a notebook given by its number."""
    (path,) = (ROOT / "notebooks").glob(f"{name}_*.ipynb")
    return path.name


def machine() -> dict[str, Any]:
    return {
        "system": platform.system(),
        "cores": os.cpu_count(),
        "memory_gib": round(psutil.virtual_memory().total / 2**30, 1),
    }


def write(path: Path, figures: dict[str, Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_suffix(".tmp")
    unfinished.write_text(json.dumps(figures, indent=1) + "\n")
    os.replace(unfinished, path)


if __name__ == "__main__":
    main()
