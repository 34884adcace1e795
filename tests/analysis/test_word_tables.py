"""Tables whose neighbours are known by construction, and the shipped model against the world's own lists."""

import pytest
import torch

from llmcourse.analysis.word_tables import (
    WordTable,
    counted_table,
    kinds_of_words,
    mark_analogies,
    same_kind_by_chance,
)
from llmcourse.corpus import WordTokenizer, World
from llmcourse.corpus.tokenizers import UnknownWord
from llmcourse.errors import CourseError
from llmcourse.model import pretrained

TOKENIZER = WordTokenizer(["she", "he", "her", "his", "dog", "cat"])
#                       special tokens                she     he      her     his     dog     cat
DIRECTIONS = torch.tensor([[9.0, 9, 9]] * 3 + [[1.0, 1, 0], [1, -1, 0], [-1, 1, 0], [-1, -1, 0], [0, 0, 2], [0, 0, -2]])


def test_neighbours_and_likeness_are_those_of_the_table() -> None:
    table = WordTable(DIRECTIONS, TOKENIZER)
    assert table.alike("she", "she") == pytest.approx(1)
    assert table.alike("dog", "cat") == pytest.approx(-1)
    assert table.alike("she", "dog") == pytest.approx(0)
    assert table.nearest("she", 5)[-1] == "his"
    assert "she" not in table.nearest("she", 5)
    assert not {"<pad>", "<bos>", "<eos>"} & set(table.nearest("she", 5))


def test_length_and_a_common_part_do_not_count() -> None:
    stretched = DIRECTIONS * torch.tensor([1.0, 1, 1, 3, 3, 3, 3, 3, 3])[:, None] + 5
    torch.testing.assert_close(
        WordTable(stretched, TOKENIZER).of("she", "cat"), WordTable(DIRECTIONS, TOKENIZER).of("she", "cat")
    )


def test_an_analogy_of_a_perfect_square() -> None:
    table = WordTable(DIRECTIONS, TOKENIZER)
    assert table.solve("she", "he", "her") == "his"
    marks = mark_analogies(table, [("she", "he"), ("her", "his")])
    assert (marks.right, marks.asked) == (2, 2)
    assert marks.share == 1
    assert 0 <= marks.share_by_neighbour <= 1


def test_arithmetic_that_the_neighbour_does_as_well() -> None:
    near_pairs = torch.tensor(
        [[0.0, 0, 0]] * 3 + [[3.0, 1, 0], [3, -1, 0], [2.8, 1.3, 0], [2.8, -0.9, 0], [-9, 0, 2], [-9, 0, -2]]
    )
    marks = mark_analogies(WordTable(near_pairs, TOKENIZER), [("she", "he"), ("her", "his")])
    assert marks.right == marks.by_neighbour == 2


def test_analogies_that_ask_for_a_given_word_are_not_asked() -> None:
    assert mark_analogies(WordTable(DIRECTIONS, TOKENIZER), [("she", "he"), ("he", "her"), ("dog", "cat")]).asked == 4
    with pytest.raises(CourseError, match="no analogy can be made"):
        mark_analogies(WordTable(DIRECTIONS, TOKENIZER), [("she", "he"), ("he", "her")])


def test_the_share_of_the_same_kind() -> None:
    kinds = {"woman": ["she", "her"], "man": ["he", "his"]}
    by_gender = DIRECTIONS * torch.tensor([0.1, 1, 1])  # the second number decides
    assert WordTable(by_gender, TOKENIZER).same_kind(kinds) == 1
    by_word = DIRECTIONS * torch.tensor([1, 0.1, 1])  # the first one does: she is like he
    assert WordTable(by_word, TOKENIZER).same_kind(kinds) == 0
    assert same_kind_by_chance(kinds, TOKENIZER) == pytest.approx(1 / 5)


def test_random_tables_are_at_chance() -> None:
    tokenizer = WordTokenizer.for_world(World())
    kinds = kinds_of_words(tokenizer)
    shares = [WordTable(torch.randn(tokenizer.vocab_size, 32), tokenizer).same_kind(kinds, k=10) for _ in range(3)]
    assert sum(shares) / 3 == pytest.approx(same_kind_by_chance(kinds, tokenizer), abs=0.02)


def test_the_kinds_are_the_worlds_own() -> None:
    kinds = kinds_of_words(WordTokenizer.for_world(World()))
    assert {"Mia", "Tom"} <= set(kinds["person"])
    assert {"baker", "sailor"} <= set(kinds["job"])
    assert "bat" not in kinds["animal"] + kinds["thing"]  # it is both
    words = [word for group in kinds.values() for word in group]
    assert len(words) == len(set(words))
    assert all(" " not in word for word in words)


def test_the_shipped_model_knows_kinds_of_words() -> None:
    model, tokenizer = pretrained("gpt-world")
    kinds = kinds_of_words(tokenizer)
    chance = same_kind_by_chance(kinds, tokenizer)
    for table in (model.token_embedding.weight, model.unembedding.weight):
        assert WordTable(table, tokenizer).same_kind(kinds) > 8 * chance


def test_counting_by_hand() -> None:
    tokenizer = WordTokenizer(["Mia", "ran", "Tom"])
    table = counted_table(["Mia ran", "Tom ran"], tokenizer)
    assert table.shape == (6, 12)
    mia, ran, tom = (tokenizer.encode(word)[0] for word in ("Mia", "ran", "Tom"))
    assert torch.equal(table[mia], table[tom])  # they keep the same company
    # Six neighbours, seen from both sides: p(ran, Mia before) = 1/12, p(ran) = 4/12, p(Mia before) = 1/12.
    assert table[ran, mia].item() == pytest.approx(torch.tensor(3.0).log().item())
    assert table[ran, ran].item() == 0  # never seen: no less than 0


def test_bad_input() -> None:
    with pytest.raises(CourseError, match=r"a table of shape \(4, 3\) does not fit 9 tokens"):
        WordTable(torch.zeros(4, 3), TOKENIZER)
    with pytest.raises(CourseError, match=r"a table of shape \(9, 3\) holds a NaN or an infinity"):
        WordTable(DIRECTIONS / 0, TOKENIZER)
    with pytest.raises(UnknownWord, match="'wolf'"):
        WordTable(DIRECTIONS, TOKENIZER).nearest("wolf")
    with pytest.raises(CourseError, match="one word at a time: she he"):
        WordTable(DIRECTIONS, TOKENIZER).nearest("she he")
    with pytest.raises(CourseError, match="nothing to count"):
        counted_table([], TOKENIZER)
    assert WordTable(torch.zeros(9, 3), TOKENIZER).alike("she", "he") == 0  # no directions at all
