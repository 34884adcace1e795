"""From text to words and back.

A token here is either a run of letters and digits or a single punctuation mark:

    "Mia ran. She won."  <->  ["Mia", "ran", ".", "She", "won", "."]

The two functions are each other's inverse on the text of the story world, so a model that predicts words also
predicts text. On other text `split_words` forgets where the spaces were (and `join_words` puts them back by a simple
rule); notebook 02 builds tokenizers that forget nothing.
"""

import re
from collections.abc import Sequence

WORD_OR_MARK = re.compile(r"\w+|[^\w\s]")  # a run of word characters, or one character that is neither word nor space
NO_SPACE_BEFORE = frozenset(".,?!:;")


def split_words(text: str) -> list[str]:
    """The words and punctuation marks of a text, in order: `"She ran."` gives `["She", "ran", "."]`."""
    return WORD_OR_MARK.findall(text)


def join_words(tokens: Sequence[str]) -> str:
    """Tokens as running text: a space between two tokens, but none before `.` `,` `?` `!` `:` `;`."""
    text = ""
    for token in tokens:
        if text and token not in NO_SPACE_BEFORE:
            text += " "
        text += token
    return text
