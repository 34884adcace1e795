"""The same story with every she a he, and every he a she.

Two texts that differ in nothing but gender are a *counterfactual pair*. In an even world both are equally likely, so
whatever a model says differently about them, it says because of the gender.

The difficulty is "her": it is "his" in *her basket* and "him" in *came home with her*. Names are exchanged too (Mia and
Tom, Anna and Ben, ...): a hero who becomes a he cannot keep a friend called Tom, or "he" would mean two people.
"""

from llmcourse.corpus.lexicon import LOOKS, NAMES_HE, NAMES_SHE
from llmcourse.corpus.text import join_words, split_words

SWAPS = {"she": "he", "he": "she", "his": "her", "him": "her"} | dict(
    zip(NAMES_SHE + NAMES_HE, NAMES_HE + NAMES_SHE, strict=True)
)
OWNED = {*LOOKS, "basket", "bag"}  # what follows "her" where it means "his"


def counterfactual(text: str) -> str:
    """The story or opening with she and he exchanged: pronouns in all their forms, and names."""
    words = split_words(text)
    swapped = []
    for word, following in zip(words, [*words[1:], ""], strict=False):
        if word == "her":
            swapped.append("his" if following in OWNED else "him")
        else:
            other = SWAPS.get(word) or SWAPS.get(word.lower(), word)
            swapped.append(other[0].upper() + other[1:] if word[0].isupper() else other)
    return join_words(swapped)
