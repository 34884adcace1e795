"""Exercise: the same story with she and he exchanged."""
# mypy: allow-untyped-defs, allow-incomplete-defs

from llmcourse.corpus.counterfactual import OWNED, SWAPS, counterfactual
from llmcourse.corpus.examples import APPLES, FOX, RING
from llmcourse.corpus.lexicon import NAMES_HE, NAMES_SHE
from llmcourse.corpus.text import join_words, split_words
from llmcourse.corpus.world import World
from llmcourse.course.exercise import Exercise

PEN = (
    "A nurse lived near the lake. After work she walked to the park. She had five shells in her bag. Tom the singer "
    "gave her two more, so she had seven shells. Then the nurse sold three, and there were four. The nurse sang all "
    "the way home. Who gave the nurse more shells? Tom."
)


def is_text(trial):
    return None if isinstance(trial.result, str) else "Return the story as a text."


def is_a_story(trial):
    problem = World().why_not(trial.result) if World().is_story(trial.inputs[0]) else None
    return f"What comes out {trial.case} is {problem}." if problem else None


def swapped(names=True, her="by what follows", capitals=True, replace_all=False):
    def answer(text):
        if replace_all:
            for one, other in (("he", "she"), ("she", "he"), ("his", "her")):
                text = text.replace(f" {one} ", f" {other} ")
            return text
        words = split_words(text)
        out = []
        for word, following in zip(words, [*words[1:], ""], strict=True):
            if word == "her":
                by_rule = "his" if following in OWNED else "him"
                out.append({"by what follows": by_rule, "his": "his", "him": "him"}[her])
            elif word in NAMES_SHE + NAMES_HE:
                out.append(SWAPS[word] if names else word)
            elif word in SWAPS:
                out.append(SWAPS[word])
            elif word in ("She", "He"):
                out.append({"She": "He", "He": "She"}[word] if capitals else word)
            else:
                out.append(word)
        return join_words(out)

    return answer


COUNTERFACTUAL = Exercise(
    key="counterfactual",
    title="The same story, the other way round",
    task="Write `counterfactual(text)`: the story with she and he exchanged, in pronouns and in names, such that it is "
    "a story of the world again.",
    difficulty=2,
    minutes=20,
    answer=counterfactual,
    cases={
        "for one sentence": lambda draw: ("A baker lived near the mill. After lunch she ran to the hill.",),
        "for the story of the ring": lambda draw: (RING,),
        "for the pilot with the apples": lambda draw: (APPLES,),
        "for the teacher with the fox": lambda draw: (FOX,),
        "for a nurse who is given something": lambda draw: (PEN,),
        "for the nurse's counterfactual": lambda draw: (counterfactual(PEN),),
        "for a new story": lambda draw: (World().story(2020).text,),
    },
    tests=[is_text, is_a_story],
    known_mistakes={
        "names stay": (
            swapped(names=False),
            "The names stay as they are. A Mia whom the text calls he is no story of this world: exchange names in "
            "pairs, Mia with Tom, Anna with Ben, and so on (`SWAPS` has them).",
        ),
        "her is always his": (
            swapped(her="his"),
            "You turn every *her* into *his*. In *gave her two more* it means *him*: look at the word that follows.",
        ),
        "her is always him": (
            swapped(her="him"),
            "You turn every *her* into *him*. In *her golden ring* it means *his*: look at the word that follows.",
        ),
        "sentence beginnings": (
            swapped(capitals=False),
            "*She* and *He* at the beginning of a sentence stay as they are. Compare in small letters, and give the "
            "capital back.",
        ),
        "one after the other": (
            swapped(replace_all=True),
            "You replace one word after the other in the whole text, and what the first replacement made is replaced "
            "again by the second. Look at each word once.",
        ),
    },
    hints=[
        "Go through `split_words(text)` once, decide for each word what comes instead, and `join_words` the result.",
        "`SWAPS` maps she, he, his, him and all names. A word with a capital: look up `word.lower()` if the word "
        "itself is not there, and make the first letter large again.",
        "Only *her* is left. It owns something when the next word is an adjective of a thing, a basket or a bag: these "
        "words are in `OWNED`.",
        "`zip(words, [*words[1:], ''])` gives each word with the one that follows. `'his' if following in OWNED else "
        "'him'`.",
    ],
)
