"""Gaps that can be filled by copying: an easy lesson before the real one.

Asked for any words at all, a BERT first learns what *kind* of word belongs into a gap, and there it stays for a long
time: most gaps need no more than that, and a layer that knows the kinds soon shouts down what a head would have
copied. So it is first asked for words that still stand elsewhere in the text, where looking for them always pays:

    Mia lost her ring . The <mask> was under the bridge .

To begin with what is easy and go on to what is wanted is a *curriculum*: Bengio et al. (2009), Curriculum Learning.
"""

import random

from llmcourse.corpus.tokenizers import Tokenizer
from llmcourse.errors import CourseError
from llmcourse.training.batches import Row
from llmcourse.training.objectives import MaskedLM


class RepeatedWords(MaskedLM):
    """Of the words that a text has several times, a share is hidden, each at one of its places."""

    def __init__(self, tokenizer: Tokenizer, share: int | float = 0.5, most: int = 4):
        """`most`: a word that stands more often than that, such as *the*, is left alone. Its neighbours give it away,
        and nobody has to look further."""
        if most < 2:
            raise CourseError(f"most is {most}; a repeated word stands twice at least")
        super().__init__(tokenizer, share, masked=1, randomized=0)
        self.most = most

    def choose(self, row: Row, rng: random.Random) -> set[int]:
        """At most one place of each word, so that its others stay in sight. Where no word is repeated, any place."""
        repeated = repeated_places(row, self.most)
        chosen = {rng.choice(places) for places in repeated.values() if rng.random() < self.share}
        return chosen or {rng.randrange(1, len(row) - 1)}


def repeated_places(row: Row, most: int = 4) -> dict[int, list[int]]:
    """The words that stand two to `most` times in a row, from `<bos>` to `<eos>`, each with its places in the row."""
    places: dict[int, list[int]] = {}
    for at, id in enumerate(row):
        places.setdefault(id, []).append(at)
    return {id: found for id, found in places.items() if 2 <= len(found) <= most}
