"""How large a machine a class needs, computed from what a hub under load has measured.

    python scripts/hub/sizing.py build/hub/figures.json 30 300

`python tests/benchmarks/hub` writes the figures; docs/running/sizing.md explains the formulas.
"""

import json
import math
import sys
from collections.abc import Iterable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

SYSTEM_MEMORY = 1.0  # GiB for the operating system
RUNAWAYS = 2  # learners who may hold all that the limit allows, at the same time
LIMIT = 2.0  # GiB: LEARNER_MEMORY of jupyterhub_config.py
PATIENCE = 300  # seconds to wait when everybody starts the longest notebook at the same moment
ENVIRONMENT = 4.0  # GiB of disk for the system's packages, Python and the course, once for all
HOME = 1.0  # GiB of disk for each learner: trained models, downloads
JUPYTERLAB = 7.0  # MiB that a browser loads before the first notebook; the next time it has most of it
START = 120  # seconds in which a class opens JupyterLab


@dataclass(frozen=True)
class Measured:
    """What one learner takes, all from one run of the benchmark. Memory and disk in MiB."""

    users: int
    notebooks: str
    hub: float  # the hub, its proxy, its services
    server: float  # a learner's server without a notebook, unshared
    learner: float  # server and all notebooks open, unshared, at its peak
    shared: float  # what all learners share, once
    processor_seconds: float  # of one core, for all notebooks of the run
    received: float  # by a learner's browser, for all notebooks
    home: float  # on disk, when all is done


@dataclass(frozen=True)
class Needs:
    """What a class of so many learners needs."""

    learners: int
    memory: float  # GiB, all at work with everything open
    memory_half: float  # GiB, half of them at work, the others with an idle server
    cores: int  # so that the longest wait is PATIENCE when all start at the same moment
    wait_on_8: float  # minutes until the last is done on eight cores, if all start at the same moment
    disk: float  # GiB
    network: float  # Mbit/s while the class opens its notebooks


def measured(figures: dict[str, Any]) -> Measured:
    """The run with the thread setting, distilled; of each figure the learner with the most, so that no one is short."""
    (load,) = [each for each in figures["load"] if each["setting"].endswith("threads set")]
    memory, people = load["memory"], load["learners"].values()
    peaks = [each["uss"] for each in memory["learners"].values()]
    kernels = [[done["kernel"]["processor"] for done in who["notebooks"].values()] for who in people]
    return Measured(
        users=load["users"],
        notebooks=", ".join(name[:2] for name in load["notebooks"]),
        hub=memory["hub_and_proxy_pss"],
        server=max(memory["idle_server_uss"].values()),
        learner=max(peaks),
        shared=sum(each["pss"] - each["uss"] for each in memory["learners"].values()),
        processor_seconds=max(sum(each) for each in kernels),
        received=max(who["received_mib"] for who in people),
        home=load.get("disk", 0.0),  # known when the run is complete
    )


def needs(one: Measured, learners: int) -> Needs:
    """The formulas of docs/running/sizing.md."""
    base = SYSTEM_MEMORY + RUNAWAYS * LIMIT + (one.hub + one.shared) / 1024
    all_seconds = learners * one.processor_seconds
    return Needs(
        learners=learners,
        memory=base + learners * one.learner / 1024,
        memory_half=base + learners * (one.learner + one.server) / 2 / 1024,
        cores=math.ceil(all_seconds / PATIENCE),
        wait_on_8=all_seconds / 8 / 60,
        disk=ENVIRONMENT + learners * (HOME + one.home / 1024),
        network=learners * (JUPYTERLAB + one.received) * 8.4 / START,  # a MiB is 8.4 Mbit
    )


def table(one: Measured, classes: Iterable[int]) -> str:
    """The needs side by side, in Markdown."""
    found = [needs(one, learners) for learners in classes]
    rows = [
        ("learners", [f"{each.learners}" for each in found]),
        ("memory, all at work at once", [f"{math.ceil(each.memory)} GiB" for each in found]),
        ("memory, half of them at work", [f"{math.ceil(each.memory_half)} GiB" for each in found]),
        (f"cores, for a wait of {PATIENCE // 60} minutes if all start at once", [f"{each.cores}" for each in found]),
        ("the same wait on 8 cores", [f"{math.ceil(each.wait_on_8)} minutes" for each in found]),
        ("disk", [f"{math.ceil(each.disk)} GiB" for each in found]),
        ("network, while the class opens its notebooks", [f"{math.ceil(each.network)} Mbit/s" for each in found]),
    ]
    lines = ["| " + " | ".join([name, *values]) + " |" for name, values in rows]
    return "\n".join([lines[0], "|---" * (len(found) + 1) + "|", *lines[1:]])


def main() -> None:
    file, *classes = sys.argv[1:]
    one = measured(json.loads(Path(file).read_text(encoding="utf-8")))
    for name, value in asdict(one).items():
        print(f"{name:<20} {value}")
    print(f"\n{table(one, map(int, classes or ['30', '300']))}")


if __name__ == "__main__":
    main()
