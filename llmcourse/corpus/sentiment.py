"""How does somebody feel at the end of a story? A task whose labels are exact, and whose hard cases are known.

    Mia lost her key. … Tom was glad, but Mia was sad. How did Mia feel at the end?      unhappy
    Mia lost her key. … Tom was glad, but Mia was sad. How did Tom feel at the end?      happy

The text is a story without its own question and answer, and then this question, in the world's own words.
What the end of a story says decides, and it says so in one of five ways, the `kind` of an example:

    said        Mia was glad that day.                       a word of feeling
    shown       Mia sang all the way home.                   none
    negated     Mia was not sad anymore.                     the opposite word
    hero        Tom was sad, but Mia was glad.   Mia?        both words; asked about the one whom the story is about
    friend      Tom was sad, but Mia was glad.   Tom?        both words; asked about the other

In the world the plot leads to the end: whoever loses a ring for ever is unhappy. So one can be right without reading
the end at all. `turned` makes stories for which that does not work.
"""

import re
from collections import defaultdict, deque
from collections.abc import Iterator, Sequence

from llmcourse.corpus.labelled import Labelled
from llmcourse.corpus.lexicon import GLAD, SORRY
from llmcourse.corpus.text import join_words, split_words
from llmcourse.corpus.world import Story, World
from llmcourse.errors import CourseError

#: The name of each class, in the order of their numbers.
CLASSES = ("unhappy", "happy")
KINDS = ("said", "shown", "negated", "hero", "friend")
#: What heroes do on their way home, and what it shows.
SHOWN = {"smiled": 1, "sang": 1, "danced": 1, "cried": 0, "sighed": 0, "frowned": 0}
#: Each word that tells a feeling, and one that tells the opposite.
OPPOSITE = dict(zip((*GLAD, "smiled", "sang", "danced"), (*SORRY, "cried", "sighed", "frowned"), strict=True))
OPPOSITE |= {sorry: glad for glad, sorry in OPPOSITE.items()}
FEELINGS = {**dict.fromkeys(GLAD, 1), **dict.fromkeys(SORRY, 0)}


def feeling_question(person: str) -> str:
    """The question, as the world asks it: `feeling_question("the baker")`."""
    return f"How did {person} feel at the end?"


def last_sentence(story: Story) -> list[str]:
    """The words of the sentence that ends a story's body, without its full stop."""
    words = split_words(story.body)[:-1]
    stops = [place for place, word in enumerate(words) if word == "."]
    return words[stops[-1] + 1 :]


def feelings(story: Story) -> dict[str, tuple[str, int]]:
    """Whom the story's end tells of: for each person the kind of telling, and 1 for happy or 0 for unhappy.

    Raises CourseError for a story that ends in another way (the world tells none).
    """
    words = last_sentence(story)
    if "but" in words:  # two people, and how each feels
        middle = words.index("but")
        halves = {"friend": words[: middle - 1], "hero": words[middle + 1 :]}
        return {person(half): (kind, FEELINGS[half[-1]]) for kind, half in halves.items()}
    if "not" in words:
        feeling = words[words.index("not") + 1]
        return {person(words): ("negated", 1 - FEELINGS[feeling])}
    for word in words:
        if word in FEELINGS:
            return {person(words): ("said", FEELINGS[word])}
        if word in SHOWN:
            return {person(words): ("shown", SHOWN[word])}
    raise CourseError(f"the end of this story tells of no feeling: {join_words(words)!r}")


def person(clause: Sequence[str]) -> str:
    """Who a clause is about: its first word, or two of them, as in "the baker"."""
    return f"the {clause[1]}" if clause[0].lower() == "the" else clause[0]


def asked(story: Story) -> list[Labelled]:
    """The story with a question about each person whose feeling its end tells: one example, or two."""
    return [
        Labelled(f"{story.body} {feeling_question(who)}", label, kind) for who, (kind, label) in feelings(story).items()
    ]


def turned(example: Labelled) -> Labelled:
    """The example with every feeling in its last sentence turned into the opposite, and so with the other label.

    The world would not tell such a story: its plot leads to another end. Only who reads the end is right about both.
    Kaushik, Hovy and Lipton (2020), Learning the Difference that Makes a Difference, had people write such pairs.
    """
    story, question = example.text.rsplit(" How did ", 1)
    start = story.rindex(". ", 0, -1) + 2
    end = re.sub(r"\w+", lambda word: OPPOSITE.get(word[0], word[0]), story[start:])
    return example._replace(text=f"{story[:start]}{end} How did {question}", label=1 - example.label)


def sentiment_examples(texts: Sequence[str], count: int, world: World | None = None) -> list[Labelled]:
    """`count` examples from these stories: of every ten, two each of said, shown, negated, hero and friend.

    Of each two one is happy and one unhappy, but for hero and friend, where it is so on average: their two examples
    come from one story, with the same words and opposite labels. A part of the list, as `examples[:40]`, is balanced
    in the same way. Raises CourseError when the stories do not suffice.
    """
    world = world or World()
    examples: list[Labelled] = []
    for ten in tens(texts, world):
        examples += ten
        if len(examples) >= count:
            return examples[:count]
    raise CourseError(f"{len(texts)} stories make {len(examples)} balanced examples, not {count}: give more stories")


def tens(texts: Sequence[str], world: World) -> Iterator[list[Labelled]]:
    """Ten balanced examples after another, each from stories that no ten before it has used."""
    waiting: dict[tuple[str, int], deque[list[Labelled]]] = defaultdict(deque)
    cells = [(kind, label) for kind in KINDS[:3] for label in (1, 0)] + [("both", 0), ("both", 1)]
    turn = 0
    for text in texts:
        found = asked(world.read(text))
        if len(found) == 2:
            waiting["both", turn].append(found)
            turn = 1 - turn
        else:
            waiting[found[0].kind, found[0].label].append(found)
        if all(waiting[cell] for cell in cells):
            yield [example for cell in cells for example in waiting[cell].popleft()]
