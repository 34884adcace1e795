"""Build the site: write what Sphinx reads, let Sphinx make pages of it, and put MathJax beside them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from llmcourse.course.files import checkout
from llmcourse.errors import CourseError
from llmcourse.site.libraries import MATHJAX, MATHJAX_FILE, read_library
from llmcourse.site.source import write_source
from llmcourse.storage import write_atomically

MATHJAX_PLACE = "_static/mathjax/tex-svg-full.js"  # docs/conf.py names it


def build_site(out: Path, mathjax: bytes | None = None) -> Path:
    """Build the site into the folder `out`, and return its start page. `mathjax`: the script, fetched if not given.

    Raises:
        CourseError: MathJax cannot be had, or Sphinx failed; what it said stands above.
    """
    root = checkout()
    if mathjax is None:  # fetched first: without it, nothing of the rest is wanted
        mathjax = read_library(MATHJAX, MATHJAX_FILE)
    source = out.with_name(out.name + "-source")
    write_source(root, source)
    command = [sys.executable, "-m", "sphinx", "-q", "-j", "auto", "-c", str(root / "docs")]
    done = subprocess.run(
        [*command, "-d", str(source.with_name(out.name + "-cache")), str(source), str(out)], check=False
    )
    if done.returncode:
        raise CourseError("Sphinx could not build the site: see above")
    write_atomically(out / MATHJAX_PLACE, mathjax)
    return out / "index.html"
