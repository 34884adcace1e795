"""Install on Colab what the course needs and Colab lacks: the first cell of each notebook calls it.

Colab's own notebooks run on an IPython and an ipykernel of fixed, older versions, and a Colab in which pip has replaced
them breaks. So the course itself is installed without what it needs, and this adds the rest: everything but what a
notebook runs on, which is there.
"""

import subprocess
import sys
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, requires, version

from packaging.requirements import Requirement

from llmcourse.errors import CourseError

# What a notebook runs on, and what only builds, serves and tests notebooks.
OF_COLAB = {"ipykernel", "ipython", "ipywidgets", "jupyter-core", "traitlets"}
NOT_NEEDED = {"jupyterlab", "nbclient", "nbval"}


def missing() -> list[str]:
    """The requirements of the course that are not met here, without those that are Colab's own affair."""
    return list(_missing())


def _missing() -> Iterator[str]:
    for line in requires("llmcourse") or []:
        requirement = Requirement(line)
        name = requirement.name.lower().replace("_", "-")
        wanted = requirement.marker is None or requirement.marker.evaluate({"extra": ""})
        if wanted and name not in OF_COLAB | NOT_NEEDED and not _met(requirement):
            yield f"{requirement.name}{requirement.specifier}"


def _met(requirement: Requirement) -> bool:
    try:
        return requirement.specifier.contains(version(requirement.name), prereleases=True)
    except PackageNotFoundError:
        return False


def main() -> None:
    """Install what is missing, with the pip of this Python. What pip says is shown only where it fails.

    (Where it does not, it complains about the older IPython, which is as it should be.)
    """
    lines = missing()
    if lines:
        print(f"installing {len(lines)} packages that the course needs and Colab lacks (a minute or two)")
        words = [sys.executable, "-m", "pip", "install", "-q", *lines]
        done = subprocess.run(words, capture_output=True, text=True, check=False)
        if done.returncode:
            raise CourseError(f"pip could not install what the course needs:\n{done.stderr[-2_000:]}")
    print("the course is installed")


if __name__ == "__main__":
    main()
