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
        median, together = each["milliseconds_per_step"]["median"], each["steps_per_second_in_all"]
        line(f"{each['users']} at once, {each['setting'].partition(', ')[2]}", [f"{median} ms", f"{together} steps/s"])


def load(settings: list[Figures]) -> None:
    print(f"{settings[0]['users']} learners at once: {', '.join(settings[0]['notebooks'])}")
    print("  (three numbers are those of the quickest or smallest learner, the median, and the slowest or largest)")
    line("", [each["setting"].partition(", ")[2] for each in settings])
    line("finished", [finished(each) for each in settings])
    line("code cells done", [f"{cells(each)[0]} of {cells(each)[1]}" for each in settings])
    line("seconds, from the first server on", [each["seconds"] for each in settings])
    line("seconds until a server was there", [spread(of_learners(each, "server_started_in")) for each in settings])
    for notebook in settings[0]["notebooks"]:
        line(f"seconds for {notebook[:2]}", [spread(seconds(each, notebook)) for each in settings])
        for what, unit in (("uss", "MiB unshared"), ("rss", "MiB resident"), ("processor", "processor seconds")):
            line(f"  its kernel, {unit}", [spread(of_kernels(each, notebook, what)) for each in settings])
    line("MiB to a learner's browser", [spread(of_learners(each, "received_mib")) for each in settings])
    line("MiB in the largest home", [each.get("disk", "") for each in settings])
    line("MiB of all, shared counted once", [each["memory"]["all_pss"] for each in settings])
    line("MiB more in use on the machine", [each["memory"]["machine"] for each in settings])
    line("MiB of hub and proxy", [each["memory"]["hub_and_proxy_pss"] for each in settings])
    print("  peak of each learner in MiB: unshared (resident), server and kernels together")
    for learner in settings[0]["memory"]["learners"]:
        peaks = [each["memory"]["learners"].get(learner, {"uss": 0, "rss": 0}) for each in settings]
        line(f"  {learner}", [f"{peak['uss']} ({peak['rss']})" for peak in peaks])
    for each in settings:
        for name, who in each["learners"].items():
            for notebook, done in who["notebooks"].items():
                for error in done["errors"]:
                    print(f"    {name}, {notebook[:2]}, {each['setting']}: {error}")


def line(name: str, values: list[Any]) -> None:
    print(f"  {name:<40}" + "".join(f"{value!s:<30}" for value in values).rstrip())


def finished(figures: Figures) -> str:
    states = [done["finished"] for who in figures["learners"].values() for done in who["notebooks"].values()]
    expected = len(figures["learners"]) * len(figures.get("notebooks", [None]))
    return f"{sum(states)} of {expected} notebooks"


def cells(figures: Figures) -> tuple[int, int]:
    works = [done for who in figures["learners"].values() for done in who["notebooks"].values()]
    return sum(done["done"] for done in works), sum(done["of"] for done in works)


def of_learners(figures: Figures, what: str) -> list[float]:
    return [who[what] for who in figures["learners"].values()]


def seconds(figures: Figures, notebook: str) -> list[float]:
    """Of those who finished it."""
    return [done["seconds"] for done in finished_works(figures, notebook)]


def of_kernels(figures: Figures, notebook: str, what: str) -> list[float]:
    """The most that each kernel of a finished notebook has used."""
    return [done["kernel"][what] for done in finished_works(figures, notebook) if what in done["kernel"]]


def finished_works(figures: Figures, notebook: str) -> list[Figures]:
    works = [who["notebooks"].get(notebook) for who in figures["learners"].values()]
    return [done for done in works if done and done["finished"]]


def spread(found: list[float]) -> str:
    """The smallest, the median and the largest."""
    return f"{min(found):.1f} / {statistics.median(found):.1f} / {max(found):.1f}" if found else "nobody"
