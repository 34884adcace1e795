"""Fill the tables of docs/running/sizing.md from the figures of a run.

    python tests/benchmarks/hub/page.py build/hub/figures.json

What the page needs of the figures is kept beside it in hub-figures.json; a test makes the tables from it once more.
"""

from __future__ import annotations

import json
import re
import statistics
import sys
from dataclasses import asdict
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[3]
sys.path.insert(0, str(ROOT / "scripts" / "hub"))

from report import cells, finished, seconds  # noqa: E402
from sizing import Measured, measured, table  # noqa: E402

PAGE = ROOT / "docs" / "running" / "sizing.md"
KEPT = PAGE.with_name("hub-figures.json")
CLASSES = (30, 300)
Figures = dict[str, Any]


def main() -> None:
    figures = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    kept = distilled(figures)
    KEPT.write_text(json.dumps(kept, indent=1) + "\n", encoding="utf-8")
    PAGE.write_text(filled(PAGE.read_text(encoding="utf-8"), kept), encoding="utf-8")
    print(f"written: {PAGE}, {KEPT}")


def distilled(figures: Figures) -> Figures:
    """What the page says, and no more."""
    return {
        "machine": figures["machine"],
        "measured": asdict(measured(figures)),
        "side_by_side": side_by_side(figures),
        "runaway": runaway(figures["runaway"]) if "runaway" in figures else [],
    }


def side_by_side(figures: Figures) -> list[list[str]]:
    """Rows of name, with the thread setting, without it."""
    rows = [["", *(each["setting"].partition(", ")[2] for each in figures["load"])]]
    by_users: dict[int, list[Figures]] = {}
    for each in figures.get("steps", []):
        by_users.setdefault(each["users"], []).append(each)
    for users, found in by_users.items():
        together = [f"{each['milliseconds_per_step']['median']:,} ms" for each in found]
        rows.append([f"a training step of chapter 10, {users} at once", *together])
    load = figures["load"]
    rows.append(["seconds given", *(f"{each['seconds']:,.0f}" for each in load)])
    rows.append(["notebooks finished", *(finished(each).removesuffix(" notebooks") for each in load)])
    rows.append(["code cells done", *("{} of {}".format(*cells(each)) for each in load)])
    for notebook in load[0]["notebooks"]:
        times = [seconds(each, notebook) for each in load]
        said = [f"{statistics.median(found):,.0f}" if found else "nobody finished" for found in times]
        rows.append([f"seconds for {notebook[:2]}, median", *said])
    for name, measure in (("unshared", "uss"), ("resident", "rss")):
        peaks = [[each[measure] for each in load_["memory"]["learners"].values()] for load_ in load]
        said = [f"{min(found):,.0f} to {max(found):,.0f} MiB" for found in peaks]
        rows.append([f"a learner's peak, {name}", *said])
    rows.append(["all learners, shared counted once", *(f"{each['memory']['all_pss']:,} MiB" for each in load)])
    rows.append(["more in use on the machine", *(f"{each['memory']['machine']:,} MiB" for each in load)])
    rows.append(["hub, proxy and helpers", *(f"{each['memory']['hub_and_proxy_pss']:,} MiB" for each in load)])
    return rows


def runaway(found: Figures) -> list[list[str]]:
    """Rows of name, the class by itself, the same class beside a runaway."""
    return [
        ["", "by itself", "beside a runaway"],
        ["notebooks finished", *(finished(found[each]).removesuffix(" notebooks") for each in ("alone", "beside"))],
        ["seconds until the last was done", *(f"{found[each]['seconds']:,.0f}" for each in ("alone", "beside"))],
    ]


def filled(page: str, kept: Figures) -> str:
    """The page with its tables made anew, each between its two comments."""
    one, machine = Measured(**kept["measured"]), kept["machine"]
    texts = {
        "needs": table(one, CLASSES),
        "learner": one_learner(one),
        "side by side": markdown(kept["side_by_side"]),
        "runaway": markdown(kept["runaway"]),
        "machine": f"Measured with {one.users} learners at once on {machine['cores']} cores and "
        f"{machine['memory_gib']:.0f} GiB of memory, {machine['system']}; notebooks {one.notebooks}.",
    }
    for name, text in texts.items():
        pattern = re.compile(rf"(<!-- {name} -->\n).*?(<!-- end -->)", re.DOTALL)
        assert pattern.search(page), f"{PAGE.name} has no place for '{name}'"
        page = pattern.sub(lambda match, text=text: f"{match[1]}{text}\n{match[2]}", page)
    return page


def one_learner(one: Measured) -> str:
    rows = [
        ["one learner, at most", ""],
        ["server without a notebook", f"{one.server:,.0f} MiB"],
        ["server and all notebooks open, at the peak", f"{one.learner:,.0f} MiB"],
        ["processor time for the notebooks", f"{one.processor_seconds:,.0f} seconds of one core"],
        ["sent to the browser by the notebooks", f"{one.received:,.1f} MiB"],
        ["on disk when all is done", f"{one.home:,.1f} MiB"],
        ["for all together: what learners share", f"{one.shared:,.0f} MiB"],
        ["for all together: hub, proxy, helpers", f"{one.hub:,.0f} MiB"],
    ]
    return markdown(rows)


def markdown(rows: list[list[str]]) -> str:
    if not rows:
        return "(not measured yet)"
    lines = ["| " + " | ".join(row) + " |" for row in rows]
    return "\n".join([lines[0], "|" + "---|" * len(rows[0]), *lines[1:]])


if __name__ == "__main__":
    main()
