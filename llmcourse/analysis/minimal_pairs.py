"""Minimal pairs: two texts that differ in as little as can be, and in what should come next.

What differs between the runs of a model on the two comes from that one difference, and from nothing else. So the cause
is known before anything is measured. Three kinds, all from the story world, which knows the right answers:

    question_pairs   "Who lost the ring?" and "Who found the ring?" behind one story: one word differs
    name_pairs       the same question behind a story whose two persons have exchanged their names
    pronoun_pairs    the beginning of a story about Mia, and the same about Ben: will it go on with She or with He?
"""

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import torch
from jaxtyping import Float, Int
from torch import Tensor

from llmcourse.corpus.lexicon import NAMES_HE, NAMES_SHE
from llmcourse.corpus.text import join_words
from llmcourse.corpus.tokenizers import Tokenizer
from llmcourse.corpus.world import Story, World
from llmcourse.errors import CourseError
from llmcourse.inference.generate import evaluating
from llmcourse.model import GPT

NAMES = frozenset([*NAMES_SHE, *NAMES_HE])
OTHER_PRONOUN = {"she": "he", "he": "she", "She": "He", "He": "She", "her": "his", "his": "her"}
MOST_STORIES = 5000  # after so many a kind of pair is given up for too rare


@dataclass(frozen=True)
class Pairs:
    """A batch of minimal pairs. Rows are as long as the longest; what stands behind `last` is padding that nobody
    sees, since a GPT looks back only."""

    clean: Int[Tensor, "pair position"]
    corrupt: Int[Tensor, "pair position"]
    last: Int[Tensor, " pair"]  # the position whose next token is asked for
    right: Int[Tensor, " pair"]  # the token that follows the clean text
    wrong: Int[Tensor, " pair"]  # the token that follows the corrupt one
    places: Mapping[str, Int[Tensor, " pair"]]  # positions with a name, such as "verb"
    words: tuple[tuple[str, ...], ...]  # the tokens of each clean text, after <bos>

    def __len__(self) -> int:
        return len(self.clean)

    def turned(self) -> "Pairs":
        """The same pairs with clean and corrupt exchanged."""
        return replace(self, clean=self.corrupt, corrupt=self.clean, right=self.wrong, wrong=self.right)


def logit_differences(
    logits: Float[Tensor, "pair position vocab"], pairs: Pairs
) -> Float[Tensor, " pair"]:
    """For each pair the logit of its right token minus that of its wrong one, where the next token is asked for."""
    row = torch.arange(len(pairs), device=logits.device)
    there = logits[row, pairs.last]  # pair vocab
    return there[row, pairs.right] - there[row, pairs.wrong]


@torch.no_grad()
def mean_difference(model: GPT, ids: Int[Tensor, "pair position"], pairs: Pairs) -> float:
    """The mean logit difference of the pairs when the model reads `ids`, which are `pairs.clean` or `pairs.corrupt`."""
    with evaluating(model):
        return logit_differences(model(ids), pairs).mean().item()


def question_pairs(tokenizer: Tokenizer, n: int, seed: int = 0) -> Pairs:
    """One story, two questions: who lost it, and who found it. Places: "loser", "finder" (where each is first named),
    "verb" (the one word that differs), "the", "thing", "?"."""
    made = []
    for lost, found in lost_and_found(n, seed):
        end = lost.tokens.index("?") + 1
        first = {"loser": lost.tokens.index(lost.answer), "finder": lost.tokens.index(found.answer)}
        places = first | {"verb": end - 4, "the": end - 3, "thing": end - 2, "?": end - 1}
        made.append((lost.tokens[:end], found.tokens[:end], lost.answer, found.answer, places))
    return stacked(tokenizer, made)


def name_pairs(tokenizer: Tokenizer, n: int, seed: int = 0) -> Pairs:
    """"Who lost it?" behind a story, and behind the same with the names, and the pronouns, of its two persons exchanged.
    The places are those of `question_pairs`."""
    made = []
    for lost, found in lost_and_found(n, seed):
        end = lost.tokens.index("?") + 1
        instead = {**OTHER_PRONOUN, lost.answer: found.answer, found.answer: lost.answer}
        other = tuple(instead.get(word, word) for word in lost.tokens[:end])
        first = {"loser": lost.tokens.index(lost.answer), "finder": lost.tokens.index(found.answer)}
        places = first | {"verb": end - 4, "the": end - 3, "thing": end - 2, "?": end - 1}
        made.append((lost.tokens[:end], other, lost.answer, found.answer, places))
    return stacked(tokenizer, made)


def pronoun_pairs(tokenizer: Tokenizer, n: int, seed: int = 0, exchange: str = "both") -> Pairs:
    """The beginning of a story, up to a full stop after which its hero comes next as "She" or "He".

    `exchange`: what is of the other sex in the corrupt text: "name", "pronouns" or "both". Places: "name", "first
    pronoun", "last pronoun", "stop".
    """
    if exchange not in ("name", "pronouns", "both"):
        raise CourseError(f"exchange is 'name', 'pronouns' or 'both', not {exchange!r}")
    made = []
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
    import random

    rng, world = random.Random(seed), World()
    for _ in range(MOST_STORIES):
        yield world.story(rng)
    raise CourseError(f"{MOST_STORIES:,} stories do not hold so many pairs: ask for fewer")


Made = tuple[Sequence[str], Sequence[str], str, str, Mapping[str, int]]


def stacked(tokenizer: Tokenizer, made: Sequence[Made]) -> Pairs:
    """(clean tokens, corrupt tokens, right, wrong, places) of each pair as one batch. Raises CourseError when two
    texts of a pair are not equally long, token by token."""
    if not made:
        raise CourseError("there are no pairs: ask for 1 or more")
    rows = [[tokenizer.encode(join_words(list(text)), bos=True) for text in pair[:2]] for pair in made]
    for clean, corrupt in rows:
        if len(clean) != len(corrupt):
            raise CourseError(f"a clean text of {len(clean)} tokens and a corrupt one of {len(corrupt)}: no minimal pair")
    longest = max(len(clean) for clean, _ in rows)
    batches = torch.tensor([[row + [0] * (longest - len(row)) for row in pair] for pair in rows])  # pair which position
    answers = torch.tensor([[tokenizer.encode(word)[0] for word in pair[2:4]] for pair in made])
    return Pairs(
        clean=batches[:, 0],
        corrupt=batches[:, 1],
        last=torch.tensor([len(clean) - 1 for clean, _ in rows]),
        right=answers[:, 0],
        wrong=answers[:, 1],
        places={name: torch.tensor([pair[4][name] + 1 for pair in made]) for name in made[0][4]},  # +1: <bos>
        words=tuple(tuple(pair[0]) for pair in made),
    )
