"""Exact and near copies: laws of hashes, MinHash and LSH, and agreement with datasketch."""

import datasketch
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from llmcourse.corpus import World
from llmcourse.corpus.cleaning.exact import drop_exact_copies, fingerprint
from llmcourse.corpus.cleaning.lsh import best_bands, candidate_pairs, chance_to_meet
from llmcourse.corpus.cleaning.minhash import (
    PRIME,
    estimated_jaccard,
    hashed,
    jaccard,
    minhash,
    random_orders,
    shingles,
    signatures,
)
from llmcourse.corpus.cleaning.near import drop_near_copies, grouped, similar_pairs
from llmcourse.corpus.dirt.copies import edited
from llmcourse.errors import CourseError

STORIES = [story.text for story in World().stories(80, seed=9)]
MEMBERS = st.sets(st.integers(0, 60).map(str), min_size=1, max_size=60)


def test_fingerprints_know_words_only_and_are_the_same_everywhere():
    assert fingerprint("Mia ran.") == fingerprint("  mia\nRAN!") != fingerprint("Mia ran far.")
    assert fingerprint("Mia ran.") == "e1993488cd778bfca328f9f5aa85840e"
    assert drop_exact_copies({3: "A b.", 5: "C.", 7: "a B"}) == {3: "A b.", 5: "C."}
    assert drop_exact_copies({}) == {}


def test_shingles():
    assert shingles("Mia lost her ring.", 2) == {"mia lost", "lost her", "her ring"}
    assert shingles("Mia", 3) == {"mia"} and shingles("", 3) == set() and shingles("?!", 3) == set()
    assert jaccard(shingles("Mia lost her ring", 2), shingles("Mia lost her hat", 2)) == 1 / 2
    assert jaccard(set(), set()) == 1 and jaccard(set(), {"a"}) == 0


@settings(max_examples=30)
@given(MEMBERS, MEMBERS)
def test_the_signature_of_a_union_is_the_smaller_of_two(one, other):
    a, b = random_orders(64)
    both = minhash(hashed(one | other), a, b)
    assert torch.equal(both, torch.minimum(minhash(hashed(one), a, b), minhash(hashed(other), a, b)))
    assert (both < PRIME).all() and (both >= 0).all()


def test_no_product_overflows():
    a, b = torch.tensor([PRIME - 1]), torch.tensor([PRIME - 1])
    x = PRIME - 2
    assert minhash(torch.tensor([x]), a, b).item() == ((PRIME - 1) * x + PRIME - 1) % PRIME


def test_estimates_are_right_on_average_and_as_scattered_as_a_coin():
    one, other = {str(n) for n in range(60)}, {str(n) for n in range(20, 80)}
    exact = jaccard(one, other)
    found = torch.tensor([
        estimated_jaccard(*(minhash(hashed(s), *random_orders(128, seed)) for s in (one, other))) for seed in range(200)
    ])  # fmt: skip
    error = (exact * (1 - exact) / 128) ** 0.5
    assert abs(found.mean().item() - exact) < 4 * error / 200**0.5
    assert 0.8 * error < found.std().item() < 1.2 * error


def their_signature(text: str) -> datasketch.MinHash:
    signature = datasketch.MinHash(num_perm=128, seed=1)
    signature.update_batch([shingle.encode() for shingle in shingles(text)])
    return signature


def test_datasketch_agrees_within_what_chance_allows():
    from random import Random

    rng = Random(1)
    texts = {}
    for story in STORIES[:40]:
        texts[len(texts)] = story
        texts[len(texts)] = edited(story, ("light edit", "medium edit", "heavy edit")[len(texts) // 2 % 3], rng)
    ours, theirs = signatures(texts), [their_signature(text) for text in texts.values()]
    pairs = [(i, i + 1) for i in range(0, len(texts), 2)] + [(i, i + 3) for i in range(0, len(texts) - 3, 2)]
    exact = {(i, j): jaccard(shingles(texts[i]), shingles(texts[j])) for i, j in pairs}
    for estimate in (lambda i, j: estimated_jaccard(ours[i], ours[j]), lambda i, j: theirs[i].jaccard(theirs[j])):
        inside = [abs(estimate(*p) - s) <= 2 * (s * (1 - s) / 128) ** 0.5 + 1 / 128 for p, s in exact.items()]
        assert sum(inside) >= 0.9 * len(inside)

    lsh = datasketch.MinHashLSH(num_perm=128, params=(32, 4))
    for number, signature in enumerate(theirs):
        lsh.insert(number, signature)
    their_pairs = {(i, j) for j, signature in enumerate(theirs) for i in lsh.query(signature) if i < j}
    our_pairs = candidate_pairs(ours, 32, 4)
    copies = {pair for pair, similarity in exact.items() if similarity >= 0.5}
    assert len(copies & our_pairs) >= 0.95 * len(copies) and len(copies & their_pairs) >= 0.95 * len(copies)
    expected = sum(chance_to_meet(s, 32, 4) for s in exact.values())
    for found in (our_pairs, their_pairs):
        assert abs(len(found & set(exact)) - expected) < 8


@pytest.mark.parametrize("similarity", [0.2, 0.5, 0.8])
def test_pairs_meet_as_often_as_the_curve_says(similarity):
    """2,000 pairs of random signatures that agree in each place with this probability."""
    draw = torch.Generator().manual_seed(3)
    one = torch.randint(0, PRIME, (2_000, 32), generator=draw)
    other = torch.where(torch.rand(2_000, 32, generator=draw) < similarity, one, (one + 1) % PRIME)
    met = candidate_pairs(torch.stack([one, other], dim=1).flatten(0, 1), bands=8, rows=4)
    share = sum((2 * n, 2 * n + 1) in met for n in range(2_000)) / 2_000
    chance = chance_to_meet(similarity, 8, 4)
    assert abs(share - chance) < 4 * (chance * (1 - chance) / 2_000) ** 0.5 + 1e-9


@given(st.floats(0, 1), st.integers(1, 20), st.integers(1, 20))
def test_the_curve_rises_from_0_to_1(similarity, bands, rows):
    assert chance_to_meet(0, bands, rows) == 0 and chance_to_meet(1, bands, rows) == 1
    assert 0 <= chance_to_meet(similarity, bands, rows) <= 1
    assert chance_to_meet(similarity, bands + 1, rows) >= chance_to_meet(similarity, bands, rows) - 1e-12
    assert chance_to_meet(similarity, bands, rows + 1) <= chance_to_meet(similarity, bands, rows) + 1e-12


def test_best_bands():
    assert best_bands(1, 0.6, 0.3) == (1, 1)
    bands, rows = best_bands(128, 0.6, 0.2)
    assert bands * rows <= 128
    assert chance_to_meet(0.6, bands, rows) > 0.95 and chance_to_meet(0.2, bands, rows) < 0.1


def test_groups():
    assert grouped([(1, 2), (5, 2), (7, 8)]) == {1: 1, 2: 1, 5: 1, 7: 7, 8: 7}
    assert grouped([]) == {}


def test_of_many_copies_the_one_that_is_most_like_the_others_stays():
    from random import Random

    rng = Random(0)
    texts = {10 + n: edited(STORIES[0], "light edit", rng) for n in range(4)} | {20: STORIES[0]}
    texts |= {30 + n: story for n, story in enumerate(STORIES[1:20])}
    kept = drop_near_copies(texts)
    assert list(kept) == [20, *range(30, 49)]
    assert all(similarity >= 0.5 for similarity in similar_pairs(texts).values())


def test_bad_input():
    with pytest.raises(CourseError, match="size must be"):
        shingles("a b", 0)
    with pytest.raises(CourseError, match="a text is wanted"):
        shingles(None)
    with pytest.raises(CourseError, match="count must be"):
        random_orders(0)
    with pytest.raises(CourseError, match="signatures of 3 and 4 numbers"):
        estimated_jaccard(torch.zeros(3), torch.zeros(4))
    with pytest.raises(CourseError, match="4 bands of 4 rows need signatures of 16 numbers"):
        candidate_pairs(torch.zeros(5, 15, dtype=torch.long), 4, 4)
    with pytest.raises(CourseError, match="rows must be"):
        candidate_pairs(torch.zeros(5, 15, dtype=torch.long), 4, 0)
    with pytest.raises(CourseError, match="similarity must lie"):
        chance_to_meet(1.1, 4, 4)
    with pytest.raises(CourseError, match="numbers must be"):
        best_bands(0, 0.5, 0.2)
    for function in (drop_exact_copies, drop_near_copies, signatures):
        with pytest.raises(CourseError, match="page 0 is int"):
            function({0: 1})
        assert len(function({})) == 0
    assert drop_near_copies({0: "", 1: "", 2: "Mia ran."}) == {0: "", 2: "Mia ran."}  # empty texts are alike
