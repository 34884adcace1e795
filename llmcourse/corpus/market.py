"""A market beside the story world: numbers, invented fruit, a little code and emoji, for a tokenizer to learn from.

The stories have 330 words and no digits, which is too tidy to show what tokenization does to a real text. Here are a
ledger with years and sums, market talk full of compounds such as *raincake* and *sunberries*, a page of code, and
messages with emoji. All of it is made from a seed, so it is the same on every machine.
"""

import random
from collections.abc import Sequence

from llmcourse.corpus.languages import AROUND

FRONT_WORDS = (
    "apple autumn barley bitter black blue bread butter clover copper corn dragon east elder fire forest frost garden "
    "ginger glass goose grape green hazel heather honey horse iron lemon maple marsh meadow milk mirror moon morning "
    "mountain north orange oyster paper pepper plum purple rain raspberry red river rose silver snow south spring star "
    "stone storm sugar summer sun thunder tiger tree vinegar violet water west wild willow winter yellow"
)
BACK_WORDS = (
    "barrel berry bird bread brush burger butter cake carrot cherry clover cracker cream crust drop feather fern fig "
    "flower fruit ginger grass herb jar juice kernel leaf melon mushroom nut onion orchard paprika parsnip pear "
    "pepper pie plum powder pretzel radish root rose seed sherbet sorrel sprout squash syrup tart thistle tulip turnip "
    "vinegar wafer water wreath yarrow"
)
FRONT, BACK = tuple(FRONT_WORDS.split()), tuple(BACK_WORDS.split())
SPEAKERS = ("The baker", "A farmer", "The miller", "Mia", "Tom", "A sailor", "The teacher", "Zoe", "Ben")
GOODS = ("sacks of flour", "jars of honey", "golden rings", "brown dogs", "baskets", "keys", "apples", "blankets")
FACES = ("😀", "😂", "🥰", "👍", "👍🏽", "🎉", "👩‍🌾", "🍓", "🐕", "❤️")

CODE = """def merge_pair(tokens, pair):
    merged = []
    at = 0
    while at < len(tokens):
        if tuple(tokens[at : at + 2]) == pair:
            merged.append(pair[0] + pair[1])
            at += 2
        else:
            merged.append(tokens[at])
            at += 1
    return merged


class Basket:
    def __init__(self, owner):
        self.owner = owner
        self.fruit = {}

    def add(self, name, number=1):
        if number < 1:
            raise ValueError("a basket takes at least one")
        self.fruit[name] = self.fruit.get(name, 0) + number
        return self

    def total(self):
        return sum(self.fruit.values())


for name in ("Mia", "Tom"):
    basket = Basket(name)
    for fruit in ("plum", "pear"):
        basket.add(fruit)
    print(basket.owner, basket.total())
"""


def compound_words(n: int, seed: int = 0) -> list[str]:
    """`n` different invented words, such as `raincake`: two parts each, no part twice, `strawberry` not among them."""
    every = [front + back for front in FRONT for back in BACK if front != back]
    return random.Random(seed).sample(every, min(n, len(every)))


def a_number(dice: random.Random) -> int:
    """A number as texts have them: many small, few large, and the large ones often round."""
    number = int(10 ** dice.uniform(0, 4))
    step = dice.choice((1, 1, 10, 50)) if number > 100 else 1
    return number // step * step


def ledger_lines(n: int, seed: int = 0) -> list[str]:
    """`n` lines of accounts. Years near 2020 are the most frequent, as on the web."""
    dice = random.Random(seed)
    lines = []
    for _ in range(n):
        year = 2026 - int(dice.expovariate(1 / 25))
        goods = f"{a_number(dice) + 1} {dice.choice(GOODS)}"
        lines.append(f"In {year} {inside(dice.choice(SPEAKERS))} sold {goods} for {a_number(dice) + 1} coins.")
    return lines


def inside(speaker: str) -> str:
    """The speaker in the midst of a sentence: `the baker`, but `Tom`."""
    return speaker[0].lower() + speaker[1:] if " " in speaker else speaker


def market_talk(n: int, words: Sequence[str], seed: int = 0) -> list[str]:
    """`n` sentences about these words; the first of them are said far more often than the last (Zipf's law)."""
    dice = random.Random(seed)
    weights = [1 / (place + 3) for place in range(len(words))]
    talk = []
    for _ in range(n):
        one, other = dice.choices(words, weights, k=2)
        speaker = dice.choice(SPEAKERS)
        talk.append(
            dice.choice(
                (
                    f"{speaker} had {one}, bread and {other} {dice.choice(FACES)}",
                    f"{one.capitalize()} and {other}! said {inside(speaker)}.",
                    f"NEW: {one.upper()}, fresh as {other}.",
                    f"{speaker} said that the {one} was as sweet as {other}.",
                )
            )
        )
    return talk


def mixed_texts(stories: Sequence[str], seed: int = 0) -> list[str]:
    """Stories and a market: nine tenths and more of it is English, as in many a large crawl, and one page is code."""
    words = compound_words(1_500, seed)
    return [*stories, *ledger_lines(1_500, seed), *market_talk(3_000, words, seed), CODE, *AROUND.values()]
