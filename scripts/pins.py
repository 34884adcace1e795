"""Writes constraints.txt: the version of every package that the course was tested with, as it is installed here.

    python scripts/pins.py          after the tests have passed with newer versions:  make pins

It starts from pyproject.toml, all extras included, and follows what each package requires in turn. So packages that lie
in the environment for another reason are not pinned, nor are those that only another system needs. A build of its own,
such as PyTorch's `2.13.0+cpu`, is written as the release that it is: on every system pip then takes its build of it.
"""

import sys
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name
from packaging.version import Version

ROOT = Path(__file__).resolve().parent.parent
HEAD = """\
# The versions that the course was tested with. `make lab` and `make test` install these; NEWEST=1 takes the newest that
# pyproject.toml admits. Written by `make pins` with Python {python}; not to be edited by hand.
"""


def wanted() -> list[Requirement]:
    """What pyproject.toml asks for: the course's own needs, and those of every extra."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    lines = list(project["dependencies"])
    for extra in project.get("optional-dependencies", {}).values():
        lines += extra
    requirements = [Requirement(line) for line in lines if not line.startswith("llmcourse[")]
    return [one for one in requirements if applies(one, {""})]


def installed(requirements: list[Requirement]) -> dict[str, str]:
    """Name and version of these packages and of all that they require. Ends with a word where one is not installed."""
    found: dict[str, str] = {}
    requirements = list(requirements)
    seen: set[tuple[str, frozenset[str]]] = set()
    while requirements:
        requirement = requirements.pop()
        name, extras = canonicalize_name(requirement.name), frozenset(requirement.extras)
        if (name, extras) in seen:
            continue
        seen.add((name, extras))
        try:
            package = distribution(name)
        except PackageNotFoundError:
            sys.exit(f"pins: {name} is not installed here; install all extras first, as `make pins` does")
        found[name] = Version(package.version).public
        inner = [Requirement(line) for line in package.requires or []]
        requirements += [one for one in inner if applies(one, {"", *extras})]
    return found


def applies(requirement: Requirement, extras: set[str]) -> bool:
    """Is it meant for this system and Python, with one of these extras?"""
    marker = requirement.marker
    return marker is None or any(marker.evaluate({"extra": extra}) for extra in extras)


def main() -> None:
    pins = installed(wanted())
    python = ".".join(map(str, sys.version_info[:2]))
    lines = [f"{name}=={version}\n" for name, version in sorted(pins.items())]
    (ROOT / "constraints.txt").write_text(HEAD.format(python=python) + "".join(lines), encoding="utf-8", newline="\n")
    print(f"wrote constraints.txt: {len(pins)} packages")


if __name__ == "__main__":
    main()
