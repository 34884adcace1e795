"""The figures of a run, for people: settings side by side."""

from __future__ import annotations

import statistics
from typing import Any

Figures = dict[str, Any]


def print_report(figures: Figures) -> None:
    machine = figures["machine"]
    print(f"\nA real hub under load: {machine['cores']} cores, {machine['memory_gib']} GiB, {machine['system']}")
    for name, printed in (("isolation", isolation), ("runaway", runaway), ("steps", steps), ("load", load)):
        if name in figures:
            print()
            printed(figures[name])


def isolation(settings: list[Figures]) -> None:
    print("One learner reaching for another's files and server")
    for part in ("through the hub", "on the machine"):
        for attempt in settings[0][part]:
            print(f"  {attempt:<40}" + "".join(f"{each[part][attempt]:<30}" for each in settings).rstrip())
    print(f"  {'(setting)':<40}" + "".join(f"{each['setting'].partition(',')[0]:<30}" for each in settings).rstrip())


def runaway(found: Figures) -> None:
    alone, beside, bolter = found["alone"], found["beside"], found["beside"]["runaway"]
    print(f"{found['users']} learners beside a runaway")
    line("all of them finished", [finished(alone), finished(beside)])
    line("seconds until the last was done", [alone["seconds"], beside["seconds"]])
    line("a loop without end", [f"{bolter['loop'] or 'KeyboardInterrupt'} after {bolter['loop_seconds']:.0f} s"])
    line("a greedy cell", [f"MemoryError at {bolter['greedy_held_mib']} MiB; "
                           f"kernel {'lives' if bolter['greedy_kernel_lives'] else 'DIED'}"])  # fmt: skip
    line("many notebooks that hold much", [", ".join(bolter["many_notebooks"])])
    for said in found["beside"]["watcher"]:
        print(f"    the watcher: {said}")


def steps(settings: list[Figures]) -> None:
    print("Milliseconds for a training step of chapter 10's model, and steps per second of all together")
    for each in settings:
        line(f"{each['users']} at once, {each['setting'].partition(', ')[2]}",
             [f"{each['milliseconds_per_step']['median']} ms", f"{each['steps_per_second_in_all']} steps/s"])  # fmt: skip


def load(settings: list[Figures]) -> None:
    print(f"{settings[0]['users']} learners at once: {', '.join(settings[0]['notebooks'])}")
    line("", [each["setting"].partition(", ")[2] for each in settings])
    line("finished", [finished(each) for each in settings])
    line("code cells done", [f"{cells(each)[0]} of {cells(each)[1]}" for each in settings])
    line("seconds, from the first server on", [each["seconds"] for each in settings])
    line("seconds until a server was there", [spread(each, lambda who: who["server_started_in"]) for each in settings])
    for notebook in settings[0]["notebooks"]:
        line(f"seconds for {notebook[:2]}", [spread(each, lambda who: seconds(who, notebook)) for each in settings])
    for notebook in settings[0]["notebooks"]:
        for what, unit in (("uss", "MiB unshared"), ("rss", "MiB resident"), ("processor", "processor seconds")):
            line(f"kernel of {notebook[:2]}, {unit}",
                 [spread(each, lambda who: kernel(who, notebook, what)) for each in settings])  # fmt: skip
    line("MiB to a learner's browser", [spread(each, lambda who: who["received_mib"]) for each in settings])
    line("MiB in the largest home", [each.get("disk", "") for each in settings])
    line("MiB of all, shared counted once", [each["memory"]["all_pss"] for each in settings])
    line("MiB more in use on the machine", [each["memory"]["machine"] for each in settings])
    line("MiB of hub and proxy", [each["memory"]["hub_and_proxy_pss"] for each in settings])
    print("  peak of each learner in MiB: unshared (resident), server and kernels together")
    for learner in settings[0]["memory"]["learners"]:
        peaks = [each["memory"]["learners"].get(learner, {"uss": 0, "rss": 0}) for each in settings]
        line(f"  {learner}", [f"{peak['uss']:.0f} ({peak['rss']:.0f})" for peak in peaks])


def line(name: str, values: list[Any]) -> None:
    print(f"  {name:<40}" + "".join(f"{value!s:<30}" for value in values).rstrip())


def finished(figures: Figures) -> str:
    states = [done["finished"] for who in figures["learners"].values() for done in who["notebooks"].values()]
    expected = len(figures["learners"]) * len(figures.get("notebooks", [None]))
    return f"{sum(states)} of {expected} notebooks"


def cells(figures: Figures) -> tuple[int, int]:
    works = [done for who in figures["learners"].values() for done in who["notebooks"].values()]
    return sum(done["done"] for done in works), sum(done["of"] for done in works)


def seconds(who: Figures, notebook: str) -> float | None:
    done = who["notebooks"].get(notebook)
    return done["seconds"] if done and done["finished"] else None


def kernel(who: Figures, notebook: str, what: str) -> float | None:
    """The most that the kernel of a finished notebook has used."""
    done = who["notebooks"].get(notebook)
    return done["kernel"].get(what) if done and done["finished"] else None


def spread(figures: Figures, value: Any) -> str:
    """The smallest, the median and the largest over all learners who have the value."""
    found = [each for each in map(value, figures["learners"].values()) if each is not None]
    return f"{min(found):.1f} / {statistics.median(found):.1f} / {max(found):.1f}" if found else "nobody"
