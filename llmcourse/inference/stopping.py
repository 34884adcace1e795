"""Stop sequences: a text ends where one of some strings begins, wherever the borders between tokens lie.

A stop string may span several tokens, and a token may hold the end of one and more. So it is looked for in the text,
not among the tokens, and what could be its beginning has to wait until it is known whether it is one.
"""

from collections.abc import Sequence

from llmcourse.errors import CourseError


def check_stops(stop: Sequence[str]) -> None:
    """Raises CourseError for an empty stop string, which stands everywhere, and for a string in place of a list."""
    if isinstance(stop, str):
        raise CourseError(f"stop={stop!r} is one string: put it into a list, [{stop!r}]")
    if "" in stop:
        raise CourseError("a stop string is empty: it would stop every text before its first letter")


def cut_at_stop(text: str, stop: Sequence[str]) -> tuple[str, bool]:
    """The text up to the first place where a stop string begins, and whether there was one."""
    places = [text.find(string) for string in stop]
    found = [place for place in places if place >= 0]
    return (text[: min(found)], True) if found else (text, False)


def held_back(text: str, stop: Sequence[str]) -> int:
    """How many characters at the end of a text may be the beginning of a stop string, and must not be shown yet."""
    longest = max((len(string) - 1 for string in stop), default=0)
    for length in range(min(longest, len(text)), 0, -1):
        if any(len(string) > length and string.startswith(text[-length:]) for string in stop):
            return length
    return 0
