"""Minimal pairs of stories, with answers that the world knows.

question_pairs   "Who lost the ring?" and "Who found the ring?" behind one story: one word differs
name_pairs       the same question behind a story whose two persons have exchanged their names
pronoun_pairs    the beginning of a story about Mia, and the same about Ben: will it go on with She or with He?
feeling_pairs    "How did Lily feel at the end?" and "How did Ben feel at the end?" behind one story
"""

import random
import re
from collections.abc import Iterator

from llmcourse.analysis.minimal_pairs import Made, Pairs, stacked
from llmcourse.corpus.lexicon import NAMES_HE, NAMES_SHE
from llmcourse.corpus.tokenizers import Tokenizer
from llmcourse.corpus.world import Story, World
from llmcourse.errors import CourseError

NAMES = frozenset([*NAMES_SHE, *NAMES_HE])
OTHER_PRONOUN = {"she": "he", "he": "she", "She": "He", "He": "She", "her": "his", "his": "her"}
MOST_STORIES = 5000  # after so many a kind of pair is given up for too rare


def question_pairs(tokenizer: Tokenizer, n: int, seed: int = 0) -> Pairs:
    """One story, two questions: who lost it, and who found it. Places: "loser", "finder" (where each is first named),
    "verb" (the one word that differs), "the", "thing", "?"."""
    made: list[Made] = []
    for lost, found in lost_and_found(n, seed):
        end, places = places_of(lost, found)
        made.append((lost.tokens[:end], found.tokens[:end], lost.answer, found.answer, places))
    return stacked(tokenizer, made)


def name_pairs(tokenizer: Tokenizer, n: int, seed: int = 0) -> Pairs:
    """A story and "Who lost it?", and the same with the names and the pronouns of its two persons exchanged.

    The places are those of `question_pairs`."""
    made: list[Made] = []
    for lost, found in lost_and_found(n, seed):
        end, places = places_of(lost, found)
        instead = {**OTHER_PRONOUN, lost.answer: found.answer, found.answer: lost.answer}
        other = tuple(instead.get(word, word) for word in lost.tokens[:end])
        made.append((lost.tokens[:end], other, lost.answer, found.answer, places))
    return stacked(tokenizer, made)


def places_of(lost: Story, found: Story) -> tuple[int, dict[str, int]]:
    """Where the question of a story ends, and the places in it that `question_pairs` names."""
    end = lost.tokens.index("?") + 1
    first = {"loser": lost.tokens.index(lost.answer), "finder": lost.tokens.index(found.answer)}
    return end, first | {"verb": end - 4, "the": end - 3, "thing": end - 2, "?": end - 1}


def pronoun_pairs(tokenizer: Tokenizer, n: int, seed: int = 0, exchange: str = "both") -> Pairs:
    """The beginning of a story, up to a full stop after which its hero comes next as "She" or "He".

    `exchange`: what is of the other sex in the corrupt text: "name", "pronouns" or "both". Places: "name", "first
    pronoun", "last pronoun", "stop".
    """
    if exchange not in ("name", "pronouns", "both"):
        raise CourseError(f"exchange is 'name', 'pronouns' or 'both', not {exchange!r}")
    made: list[Made] = []
    for story in drawn_stories(seed):
        begun = beginning(story)
        if begun is None:
            continue
        tokens, pronouns, answer = begun
        name = story.tokens[0]
        others = NAMES_HE if name in NAMES_SHE else NAMES_SHE
        instead = {name: others[len(made) % len(others)]} if exchange != "pronouns" else {}
        instead |= OTHER_PRONOUN if exchange != "name" else {}
        other = tuple(instead.get(word, word) for word in tokens)
        places = {"name": 0, "first pronoun": pronouns[0], "last pronoun": pronouns[-1], "stop": len(tokens) - 1}
        made.append((tokens, other, answer, OTHER_PRONOUN[answer], places))
        if len(made) == n:
            break
    return stacked(tokenizer, made)


def feeling_pairs(tokenizer: Tokenizer, n: int, seed: int = 0) -> Pairs:
    """One story at whose end two persons feel differently, and the question after each. Places: "name" (the one word
    that differs), "?"."""
    world = World()
    made: list[Made] = []
    for story in drawn_stories(seed):
        if not story.question.endswith("feel at the end?"):
            continue
        asked = [one for one in world.askable(story) if one.question.endswith("feel at the end?")]
        names = [one.question.split()[2] for one in asked]
        answers = [one.tokens[one.tokens.index("?") + 1] for one in asked]
        if len(asked) == 2 and NAMES.issuperset(names) and answers[0] != answers[1]:
            end = asked[0].tokens.index("?") + 1
            places = {"name": end - 6, "?": end - 1}
            made.append((asked[0].tokens[:end], asked[1].tokens[:end], answers[0], answers[1], places))
            if len(made) == n:
                break
    return stacked(tokenizer, made)


def beginning(story: Story) -> tuple[tuple[str, ...], list[int], str] | None:
    """The story up to a full stop before "She" or "He", with the hero's pronouns on the way (two or more) and nobody
    else; None if it does not begin so."""
    if story.tokens[0] not in NAMES:
        return None
    pronouns: list[int] = []
    for mention in story.mentions[1:]:
        word = story.tokens[mention.position]
        if mention.role != "hero":
            if word in NAMES:
                return None
            continue
        if word in ("She", "He") and len(pronouns) >= 2:
            return story.tokens[: mention.position], pronouns, word
        if word not in OTHER_PRONOUN:
            return None
        pronouns.append(mention.position)
    return None


def lost_and_found(n: int, seed: int) -> Iterator[tuple[Story, Story]]:
    """n stories in which one person with a name lost a thing and another found it, each with the two questions."""
    world, found = World(), 0
    for story in drawn_stories(seed):
        if not re.match(r"Who (lost|found) the", story.question):
            continue
        asked = {one.question.split()[1]: one for one in world.askable(story) if one.question.startswith("Who ")}
        who = [asked[verb].answer if verb in asked else "" for verb in ("lost", "found")]
        if who[0] != who[1] and NAMES.issuperset(who):
            yield asked["lost"], asked["found"]
            found += 1
            if found == n:
                return


def drawn_stories(seed: int) -> Iterator[Story]:
    """Stories of the world, one after the other; ends in a CourseError when too many were asked for."""
    rng, world = random.Random(seed), World()
    for _ in range(MOST_STORIES):
        yield world.story(rng)
    raise CourseError(f"{MOST_STORIES:,} stories do not hold so many pairs: ask for fewer")
