"""Private data that belongs to nobody, and harmless numbers that look like it.

Mail domains and internet addresses are those reserved for documentation (RFC 2606, RFC 5737), telephone numbers those
kept free for fiction in North America (555-0100 to 555-0199) and in Britain (01632 960000 to 960999).
"""

from random import Random

from llmcourse.corpus.dirt.page import between, pick

SUBJECTS = ("lamps", "mills", "owls", "kites", "harbors", "coins", "plums", "bells", "storms", "drums")
NAMES = ("mia", "tom", "zoe", "ruth", "omar", "nora")


def mail(rng: Random) -> str:
    joint = pick(rng, ("", ".", "_", "+"))
    tail = f"{joint}{pick(rng, ('baker', 'post', 'news'))}" if joint else ""
    domain = pick(rng, ("example.org", "example.com", "mail.example.net"))
    return f"{pick(rng, NAMES)}{tail}{between(rng, 1, 99)}@{domain}"


def veiled_mail(rng: Random) -> str:
    """An address written for people, so that programs do not find it."""
    return f"{pick(rng, NAMES)}{between(rng, 1, 99)} (at) example (dot) org"


def phone(rng: Random) -> str:
    line = f"01{between(rng, 0, 9)}{between(rng, 0, 9)}"
    area = f"{between(rng, 2, 9)}{between(rng, 0, 9)}{between(rng, 0, 9)}"
    british = f"01632 960{between(rng, 0, 999):03d}"
    return pick(rng, (f"555-{line}", f"({area}) 555-{line}", f"+1 {area} 555 {line}", f"{area}.555.{line}", british))


def address(rng: Random) -> str:
    return f"{pick(rng, ('192.0.2', '198.51.100', '203.0.113'))}.{between(rng, 1, 254)}"


def contact(rng: Random) -> tuple[str, tuple[str, ...]]:
    """A sentence that tells how to reach somebody, and the private strings in it."""
    template, makers = pick(
        rng,
        (
            ("Write to {} or call {} before noon.", (mail, phone)),
            ("Letters to the author: {}.", (mail,)),
            ("Found something like it? Call {}.", (phone,)),
            ("Sent in by {} from {}.", (mail, address)),
            ("To reach us, take {}.", (veiled_mail,)),
        ),
    )
    strings = tuple(make(rng) for make in makers)
    return template.format(*strings), strings


def harmless(rng: Random) -> str:
    """A sentence with numbers that are nobody's. Two of the kinds have the very shape of private ones."""
    day, month, of_what = between(rng, 1, 28), between(rng, 1, 12), pick(rng, SUBJECTS)
    return pick(
        rng,
        (
            f"A story of {of_what}, first told on 2026-{month:02d}-{day:02d} at 10.30.",
            f"Number {between(rng, 1000, 9999)} of 10000 in our list for lovers of {of_what}.",
            f"For more on {of_what} see {between(rng, 100, 999)}-{between(rng, 1000, 9999)} in the catalogue.",
            f"Set for {of_what} with version 4.{between(rng, 10, 30)}.{between(rng, 1, 9)}.{between(rng, 1, 9)}.",
        ),
    )
