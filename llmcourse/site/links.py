"""Where the links of a text lead once it is a page of the site.

A link to another page stays. One to a file of the package leads to its page in the reference. Any other file of the
repository is not part of the site: its link leads to the repository's address, when pyproject.toml names one, and else
only its words are left.
"""

from __future__ import annotations

import re
from pathlib import Path

from llmcourse.course.elsewhere import address_in

_LINK = re.compile(r"(?P<words>(?<!!)\[[^\]]*\])\((?P<target>[^)\s#]+)(?P<place>#[^)\s]*)?\)")
_OUTSIDE_PICTURE = re.compile(r"!\[([^\]]*)\]\(https?://[^)]*\)")
_OUTSIDE = re.compile(r"^(https?:|mailto:)")


def site_links(text: str, page: str, pages: set[str], root: Path) -> str:
    """The text of `page` (its path in the repository) with its links made right for a site of these `pages`."""

    def changed(match: re.Match[str]) -> str:
        target = match["target"]
        if _OUTSIDE.match(target):
            return match[0]
        file = (root / page).parent.joinpath(target).resolve()
        if not file.is_relative_to(root):
            return match[0]
        path = file.relative_to(root).as_posix()
        if path in pages:
            return match[0]
        if (module := module_page(path)) in pages:
            return f"{match['words']}({'../' * page.count('/')}{module})"
        address = address_in(root / "pyproject.toml")
        return f"{match['words']}({address}/blob/HEAD/{path})" if address else match["words"][1:-1]

    return _LINK.sub(changed, _OUTSIDE_PICTURE.sub(r"\1", text))


def module_page(path: str) -> str:
    """The page of the reference about a file or folder of the package: `api/llmcourse.model.attention.rst`."""
    return f"api/{path.removesuffix('.py').removesuffix('/__init__').strip('/').replace('/', '.')}.rst"
