"""Telling a story one word at a time: the engine under the story world.

A story is told by a Python generator that **yields the next word's distribution and is sent the word that was chosen**:

    options = next(program)          # {"One": 0.6, "After": 0.4}
    options = program.send("One")    # {"cold": 0.25, "sunny": 0.25, …}

Whoever drives the generator decides what that means. Send random words and it *writes* stories; send the words of a
text and it *reads* that text; multiply the probabilities of the words sent and it has computed the text's exact
probability. Every choice is made by the first word that shows it, so one text has one derivation, and nothing has to
be summed or searched.

Templates are lines such as ``"{hero} {lost|dropped*2} {hero.his} {look=looks} {thing=things} ."``:

==================== =======================================================================================
``{a|b*2|c d}``      a choice among words, here with weights 1, 2 and 1
``{thing=things}``   draw a new entity from a category and remember it under the role ``thing``
``{thing}``          the entity remembered under that role (a person by name, or "the baker")
``{friend.job}``     the person by the job that was told of them: "the farmer", who is Tom
``{hero.he}``        its pronoun (``he him his it``), which can mean nobody else in the story
``bank~river``       the word "bank", meaning the river's
==================== =======================================================================================
"""

import re
from collections.abc import Callable, Generator, Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache
from typing import NamedTuple

from llmcourse.corpus.lexicon import CATEGORIES, NAMES_SHE, SENSES, SKEWED_TO_SHE

#: A program that tells (part of) a story: yields ``{next word: probability}``, is sent the word chosen.
Program = Generator[dict[str, float], str, int]

FORMS = {"she": {"he": "she", "him": "her", "his": "her"}, "he": {"he": "he", "him": "him", "his": "his"}}
ENDS_A_SENTENCE = frozenset(".?!")


@dataclass
class Entity:
    """Somebody or something in a story."""

    kind: str
    noun: str
    pronoun: str | None = None  # "she" or "he" for persons, once the text has shown it
    named: bool = True  # False for somebody known only as "the baker"
    told_at: int = -1  # token index of the first mention


@dataclass(frozen=True)
class Mention:
    """One token that refers to an entity. ``kind`` is ``name``, ``noun`` or ``pronoun``."""

    position: int  # which token
    role: str  # what the entity is in this story: "hero", "friend", "thing", …
    kind: str
    entity: str = ""  # the entity's own word: "Mia", "ring"
    span: tuple[int, int] = (0, 0)  # (start, end) in characters of the text, once the story is told


@dataclass(frozen=True)
class Sense:
    """One token with two meanings, and the one meant."""

    position: int
    word: str
    meaning: str
    span: tuple[int, int] = (0, 0)


Note = Callable[["Telling", int], None]  # what to remember once a word is told at a position


class Word(NamedTuple):
    text: str
    notes: tuple[Note, ...] = ()


class Branch(NamedTuple):
    """One way in which the text may still go on: its weight, what to remember of it, and the elements to come."""

    which: int  # of the templates it is
    weight: float
    notes: tuple[tuple[int, Note], ...]
    rest: tuple[Word | str, ...]  # told words, or slots such as "{hero}" that are opened when they come first


@cache
def parse(template: str) -> tuple[Word | str, ...]:
    """Split a template into words and unopened ``{slots}``."""
    pieces = re.findall(r"\{[^{}]*\}|\w+(?:~\w+)?|[^\w\s]", template)
    return tuple(piece if piece.startswith("{") else _word(piece) for piece in pieces)


def _word(piece: str) -> Word:
    text, _, meaning = piece.partition("~")
    return Word(text, (lambda telling, at: telling.senses.append(Sense(at, text, meaning)),) if meaning else ())


@dataclass
class Telling:
    """The state of one story while it is told: the words so far, and what they have settled."""

    skew: float = 0.0
    tokens: list[str] = field(default_factory=list)
    roles: dict[str, Entity] = field(default_factory=dict)
    mentions: list[Mention] = field(default_factory=list)
    senses: list[Sense] = field(default_factory=list)
    feeling: str = ""  # the hero's at the end: "glad" or "sorry"
    answer_roles: tuple[str, ...] = ()  # the roles that answer the closing question

    def tell(self, *templates: str | tuple[float | int, str], **categories: Sequence[str]) -> Program:
        """Tell one of several templates (a bare string weighs 1); returns which, by index.

        The templates may begin with the same words: the choice stays open until a word settles it, and the weights of
        the templates that share a word add up, so the distribution yielded is always the exact one. ``categories`` are
        drawn from like those of the lexicon (``{count=left}`` with ``left=["two", "three"]``).
        """
        weighted = [item if isinstance(item, tuple) else (1.0, item) for item in templates]
        open_branches = [Branch(i, float(weight), (), parse(text)) for i, (weight, text) in enumerate(weighted)]
        while True:
            open_branches = [opened for branch in open_branches for opened in self._open(branch, categories)]
            if not open_branches[0].rest:
                break
            total = sum(branch.weight for branch in open_branches)
            options: dict[str, float] = {}
            for branch in open_branches:
                text = self._in_place(branch.rest[0])
                options[text] = options.get(text, 0.0) + branch.weight / total
            told = yield options
            at = len(self.tokens)
            open_branches = [
                Branch(b.which, b.weight, b.notes + tuple((at, note) for note in b.rest[0].notes), b.rest[1:])
                for b in open_branches
                if isinstance(b.rest[0], Word) and self._in_place(b.rest[0]) == told
            ]
            self.tokens.append(told)
            if len(open_branches) == 1:  # settled: remember what this branch has told
                branch = open_branches[0]
                for position, note in branch.notes:
                    note(self, position)
                open_branches = [Branch(branch.which, branch.weight, (), branch.rest)]
        if len(open_branches) > 1:
            raise AssertionError(f"two templates tell the same text: {[weighted[b.which] for b in open_branches]}")
        return open_branches[0].which

    def _in_place(self, word: Word | str) -> str:
        """The word as it is written here: with a capital where a sentence begins."""
        assert isinstance(word, Word)
        starts = not self.tokens or self.tokens[-1] in ENDS_A_SENTENCE
        return word.text[0].upper() + word.text[1:] if starts else word.text

    def _open(self, branch: Branch, categories: dict[str, Sequence[str]]) -> Iterator[Branch]:
        """Open the slot at the front of a branch, if there is one, into the ways in which it can be told."""
        if not branch.rest or isinstance(branch.rest[0], Word):
            yield branch
            return
        slot = branch.rest[0].strip("{}")
        ways = self._choice(slot) if "|" in slot else self._slot(slot, categories)
        total = sum(weight for weight, _ in ways)
        for weight, words in ways:
            yield Branch(branch.which, branch.weight * weight / total, branch.notes, words + branch.rest[1:])

    @staticmethod
    def _choice(slot: str) -> list[tuple[float, tuple[Word, ...]]]:
        ways = []
        for option in slot.split("|"):
            text, _, weight = option.partition("*")
            ways.append((float(weight or 1), tuple(_word(piece) for piece in text.split())))
        return ways

    def _slot(self, slot: str, categories: dict[str, Sequence[str]]) -> list[tuple[float, tuple[Word, ...]]]:
        if "=" in slot:
            role, category = slot.split("=")
            return [(1.0, self._mention(role, entity)) for entity in self._draw(category, categories)]
        role, _, form = slot.partition(".")
        entity = self.roles[role]
        if form in ("", "noun"):
            article = (Word("the"),) if entity.kind == "person" and not entity.named and not form else ()
            return [(1.0, article + self._mention(role, entity))]
        if form == "job":
            job = self.roles[f"{role}_job"]
            return [(1.0, (Word("the"), Word(job.noun, (_mentions(role, "noun"),))))]
        if form == "it":
            return [(1.0, (Word("it", (_mentions(role, "pronoun"),)),))]
        if entity.pronoun is None:  # a baker of whom the text has not yet said "she" or "he"
            she = (1 + self.skew) / 2 if entity.noun in SKEWED_TO_SHE else (1 - self.skew) / 2
            return [
                (share, (Word(FORMS[who][form], (_shows(role, who), _mentions(role, "pronoun"))),))
                for share, who in ((she, "she"), (1 - she, "he"))
                if share > 0
            ]
        return [(1.0, (Word(FORMS[entity.pronoun][form], (_mentions(role, "pronoun"),)),))]

    def _draw(self, category: str, categories: dict[str, Sequence[str]]) -> list[Entity]:
        """What may be drawn: nobody and nothing comes twice into one story (numbers and feelings may), and no pronoun
        means two people."""
        if category in categories:
            return [Entity("number", word) for word in categories[category]]
        kind, nouns = CATEGORIES[category]
        if kind == "feeling":
            return [Entity(kind, noun) for noun in nouns]
        used = {entity.noun for entity in self.roles.values()}
        free = [noun for noun in nouns if noun not in used]
        if kind == "worker":
            return [Entity("person", noun, named=False) for noun in free]
        if kind == "person":
            there = {entity.pronoun for entity in self.roles.values()}
            pronouns = {noun: "she" if noun in NAMES_SHE else "he" for noun in free}
            return [Entity(kind, noun, pronouns[noun]) for noun in free if pronouns[noun] not in there]
        return [Entity(kind, noun) for noun in free]

    def _mention(self, role: str, entity: Entity) -> tuple[Word, ...]:
        kind = "name" if entity.kind in ("person", "pet name") and entity.named else "noun"
        words = entity.noun.split()
        notes: tuple[Note, ...] = (_binds(role, entity),)
        if entity.kind in ("person", "animal", "thing"):
            notes += (_mentions(role, kind),)
        if entity.noun in SENSES:
            meaning = {"animal": "animal", "thing": SENSES[entity.noun][1 if entity.noun == "bat" else 0]}[entity.kind]
            notes += (lambda telling, at: telling.senses.append(Sense(at, entity.noun, meaning)),)
        return (Word(words[0], notes), *map(Word, words[1:]))


def _binds(role: str, entity: Entity) -> Note:
    def note(telling: Telling, at: int) -> None:
        telling.roles[role] = entity
        if entity.told_at < 0:
            entity.told_at = at

    return note


def _mentions(role: str, kind: str) -> Note:
    return lambda telling, at: telling.mentions.append(Mention(at, role, kind))


def _shows(role: str, pronoun: str) -> Note:
    return lambda telling, at: setattr(telling.roles[role], "pronoun", pronoun)
