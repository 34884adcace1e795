import random
from collections import Counter

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from llmcourse.corpus import WordTokenizer
from llmcourse.errors import CourseError
from llmcourse.training import Batches
from llmcourse.training.loss import IGNORE
from llmcourse.training.objectives import MASK, MaskedLM
from llmcourse.training.repeated import RepeatedWords

TOKENIZER = WordTokenizer([f"w{number}" for number in range(10)], special=[MASK])
WORDS = [TOKENIZER.id_of(f"w{number}") for number in range(10)]


@given(st.lists(st.lists(st.sampled_from(WORDS), min_size=1, max_size=20), min_size=1, max_size=4), st.integers(2, 5))
def test_what_is_asked_for_still_stands_elsewhere(texts: list[list[int]], most: int) -> None:
    rows = [[TOKENIZER.bos_id, *text, TOKENIZER.eos_id] for text in texts]
    batch = RepeatedWords(TOKENIZER, share=1, most=most)(rows, random.Random(0))
    for row, seen, targets in zip(rows, batch.ids.tolist(), batch.targets.tolist(), strict=True):
        asked = {at: target for at, target in enumerate(targets) if target != IGNORE}
        for at, id in enumerate(row):
            assert (seen[at], asked.get(at, id)) == (TOKENIZER.id_of(MASK) if at in asked else id, id)
        counts = Counter(row[1:-1])
        repeated = {id for id, n in counts.items() if 2 <= n <= most}
        if repeated:
            assert sorted(asked.values()) == sorted(repeated)  # each once
            assert repeated <= set(seen)
        else:
            assert len(asked) == 1  # there is something to learn from every text
            assert 0 < next(iter(asked)) < len(row) - 1
    assert batch.mask is not None
    assert batch.mask.sum() == sum(map(len, rows))


def test_the_share_is_that_of_the_repeated_words() -> None:
    row = [TOKENIZER.bos_id, *WORDS, *WORDS, TOKENIZER.eos_id]
    batch = RepeatedWords(TOKENIZER, share=0.3)([row] * 400, random.Random(1))
    assert batch.scored / (400 * len(WORDS)) == pytest.approx(0.3, abs=0.03)


def test_bad_settings_are_refused() -> None:
    with pytest.raises(CourseError, match="share must lie above 0"):
        RepeatedWords(TOKENIZER, share=0)
    with pytest.raises(CourseError, match="most is 1; a repeated word stands twice at least"):
        RepeatedWords(TOKENIZER, most=1)
    with pytest.raises(CourseError, match="needs a tokenizer with <mask>"):
        RepeatedWords(WordTokenizer(["a"]))


def test_it_is_the_lesson_of_the_first_batches_and_is_found_again_in_the_middle_of_it() -> None:
    texts = [" ".join(f"w{(start + i) % 10}" for i in range(15)) for start in range(8)]
    lesson, exam = RepeatedWords(TOKENIZER, share=1), MaskedLM(TOKENIZER, 0.5, masked=1, randomized=0)

    def batches(**choices) -> Batches:
        return Batches(texts, TOKENIZER, 20, 2, objective=exam, **choices)

    whole = batches(first=lesson, n_first=6)
    given = [next(whole) for _ in range(10)]
    assert [batch.scored for batch in given[:6]] == [10] * 6  # five words of ten stand twice
    plain = batches()
    assert all(torch.equal(a.ids, b.ids) for a, b in zip(given[6:], [next(plain) for _ in range(10)][6:], strict=True))

    stopped = batches(first=lesson, n_first=6)
    for _ in range(5):
        next(stopped)
    state = stopped.state()
    again = batches(first=lesson, n_first=6)
    again.restore(state)
    assert torch.equal(again.peek().ids, given[5].ids)
    assert all(torch.equal(next(again).ids, batch.ids) for batch in given[5:])
    with pytest.raises(CourseError, match="not those of the saved run"):
        batches(first=lesson, n_first=7).restore(state)
