"""Exercise: mail addresses out of a text."""
# mypy: allow-untyped-defs, allow-incomplete-defs

import re

from llmcourse.corpus.cleaning.privacy import redact_mail
from llmcourse.course.exercise import Exercise


def is_a_text(trial):
    if not isinstance(trial.result, str):
        return "Return the whole text, as a str, with `[MAIL]` in it where an address was."
    return None


def nothing_private_is_left(trial):
    (text,) = trial.inputs
    for word in text.split():
        address = word.strip(".,;:!?()<>\"'")
        if re.search(r"\w@\w.*\.\w", address) and address in trial.result:
            return f"{address!r} is still there ({trial.case})."
    return None


def replace(pattern, by="[MAIL]", count=0):
    return lambda text: re.sub(pattern, by, text, count=count)


REDACT_MAIL = Exercise(
    key="redact_mail",
    title="Mail addresses",
    task="Write `redact_mail(text)`: the text with `[MAIL]` in the place of every mail address, and nothing else "
    "changed.",
    difficulty=1,
    minutes=10,
    answer=redact_mail,
    cases={
        "for one address": lambda draw: ("Write to mia7@example.org before noon.",),
        "at the end of a sentence": lambda draw: ("Letters to the author: zoe@example.com.",),
        "with a dot, a plus and a line in the name": lambda draw: (
            "tom.baker1@example.org, ruth+news@example.com or omar_post9@example.net",
        ),
        "with a domain of three parts": lambda draw: ("Ask nora@mail.example.net, she knows.",),
        "with a hyphen in the domain": lambda draw: ("Ask ben@old-mill.example, he knows.",),
        "for the same address twice": lambda draw: ("mia@example.org? Yes, mia@example.org!",),
        "without an address": lambda draw: ("A lamp is 4.50 at the market @ noon. Not an address: @mia, and b@ker.",),
        "for an empty text": lambda draw: ("",),
    },
    tests=[is_a_text, nothing_private_is_left],
    known_mistakes={
        "letters only": (
            replace(r"[A-Za-z0-9]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}"),
            "Names with a dot, a plus or an underscore leave their first half behind: more than letters and digits "
            "may stand before the @.",
        ),
        "everything up to a blank": (
            replace(r"\S+@\S+"),
            "Your pattern runs on to the next blank and swallows punctuation that belongs to the sentence. What may a "
            "domain end in?",
        ),
        "one dot only": (
            replace(r"[\w.+-]+@[A-Za-z0-9-]+\.[A-Za-z]{2,}"),
            "A domain may have more than two parts. Yours ends after the first dot, and leaves `.net` behind.",
        ),
        "no dot needed": (
            replace(r"[\w.+-]+@(?:[A-Za-z0-9-]+\.)*[A-Za-z0-9-]+"),
            "`b@ker` is no address, and you took it for one: the domain needs a dot at least.",
        ),
        "the first one only": (
            replace(r"[\w.+-]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}", count=1),
            "Only the first address is gone. A text may hold several.",
        ),
        "deleted": (
            replace(r"[\w.+-]+@(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,}", by=""),
            "The addresses are gone without a trace. Put `[MAIL]` there, so that the sentence keeps its form.",
        ),
        "the dot is no dot": (
            replace(r"[\w.+-]+@[\w.-]+.[A-Za-z]{2,}"),
            "In a pattern a bare `.` is any character, a blank too, so you took the next word along. A real dot is "
            r"`\.`.",
        ),
    },
    hints=[
        "Three parts: a name, an @, a domain. `re.sub(pattern, replacement, text)` replaces every match.",
        r"In front of the @: `[\w.+-]+`, letters, digits, underscores, dots, plus and minus signs.",
        r"A domain is one or more parts that end in a dot, `(?:[A-Za-z0-9-]+\.)+`, and then a last part of letters "
        "only. So the full stop of a sentence, which no letters follow, stays where it is.",
        r"The last part has two letters or more: `[A-Za-z]{2,}`. Put the pieces together with an `@`.",
    ],
)
