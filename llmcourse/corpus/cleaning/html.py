"""From a web page to its text: no tags, scripts and menus.

The work is done by Resiliparse (Bevendorff et al. 2018), a parser made for web archives that follows the rules of
browsers, so that unclosed tags do not matter, and takes a tenth of a millisecond for a page. Which part of a page is
the text and which is frame it guesses from tags and class names; where these say nothing, something of the frame stays.
"""

import re

from resiliparse.extract.html2text import extract_plain_text

from llmcourse.corpus.cleaning.checks import checked_text
from llmcourse.errors import CourseError

TAG = re.compile(r"<[a-zA-Z/!?]")
LONGEST = 10_000_000  # characters: no story, and no page that people read, is longer


def main_text(html: str) -> str:
    """The main text of a web page, a line for each paragraph. A text without any tag is returned as it is.

    Raises CourseError for what is no text, or is longer than LONGEST characters.
    """
    if len(checked_text(html)) > LONGEST:
        raise CourseError(f"a page of {len(html):,} characters is no page: {LONGEST:,} is the most")
    if not TAG.search(html):
        return html
    whole = html.encode("utf-8", errors="replace").decode("utf-8").replace("\0", "")  # half a surrogate pair: "?"
    text = extract_plain_text(whole, main_content=True, list_bullets=False, comments=False)
    return re.sub(r"[ \t]*\t[ \t]*", "\n", text)  # cells of a table stand side by side: a line for each


def all_text(html: str) -> str:
    """Everything between the tags of a page, menus and scripts and all: what one gets without a parser."""
    return re.sub(r"<[^<>]*>", " ", checked_text(html))
