"""Heads are scored against links that are known: here a story small enough to count them by hand."""

from typing import Any

import pytest
import torch

from llmcourse.analysis.heads import PATTERNS, head_scores, pattern_links, share_along_links, uniform_scores
from llmcourse.corpus import WordTokenizer, World
from llmcourse.corpus.telling import Mention
from llmcourse.corpus.world import Story
from llmcourse.model import GPT, ModelConfig, record

world = World()
tokenizer = WordTokenizer.for_world(world)
WORDS = "Mia saw Tom . She saw Tom . Mia ran ."


def short_story() -> Story:
    """A text that the world would not write, with who is who: <bos> is position 0, so Mia is 1 and 9, She is 5."""
    who = {
        0: ("hero", "name"),
        2: ("friend", "name"),
        4: ("hero", "pronoun"),
        6: ("friend", "name"),
        8: ("hero", "name"),
    }
    tokens = tuple(WORDS.split())
    return Story(
        text=WORDS.replace(" .", "."),
        tokens=tokens,
        spans=(),
        mentions=tuple(Mention(position, role, kind) for position, (role, kind) in who.items()),
        senses=(),
        sentiment="positive",
        question="",
        answer="",
        answer_span=(0, 0),
        log_probs=(),
    )


def make_model(**settings: Any) -> GPT:
    shape: dict[str, Any] = {"vocab_size": tokenizer.vocab_size, "d_model": 16, "n_layers": 2, "n_heads": 4, **settings}
    return GPT(ModelConfig(**shape)).initialize(0)


def test_the_links_of_a_story_counted_by_hand() -> None:
    assert pattern_links(short_story()) == {
        "previous token": {position: [position - 1] for position in range(1, 12)},
        "same word": {6: [2], 7: [3], 9: [1]},
        "induction": {6: [3], 7: [4], 9: [2]},
        "coreference": {5: [1], 7: [3], 9: [1, 5]},
        "coreference ahead": {4: [1], 6: [3], 8: [1, 5]},
    }


def test_links_lead_back_and_connect_what_they_say() -> None:
    for story in world.stories(20, seed=4):
        tokens = ["<bos>", *story.tokens]
        links = pattern_links(story)
        assert set(links) == set(PATTERNS)
        assert all(key < query for pairs in links.values() for query, keys in pairs.items() for key in keys)
        assert all(tokens[key] == tokens[query] for query, keys in links["same word"].items() for key in keys)
        assert all(tokens[key - 1] == tokens[query] for query, keys in links["induction"].items() for key in keys)
        pairs = {(query - 1, keys[-1] - 1) for query, keys in links["coreference"].items()}
        assert pairs == set(story.links())
        assert {query + 1: keys for query, keys in links["coreference ahead"].items()} == links["coreference"]


def test_attention_to_all_alike_counted_by_hand() -> None:
    scores = uniform_scores([short_story()])
    assert scores["previous token"] == pytest.approx(sum(1 / n for n in range(2, 13)) / 11)
    assert scores["same word"] == scores["induction"] == pytest.approx((1 / 7 + 1 / 8 + 1 / 10) / 3)
    assert scores["coreference"] == pytest.approx((1 / 6 + 1 / 8 + 2 / 10) / 3)
    assert scores["coreference ahead"] == pytest.approx((1 / 5 + 1 / 7 + 2 / 9) / 3)


def test_a_model_without_queries_attends_to_all_alike() -> None:
    model = make_model()
    with torch.no_grad():
        block: Any
        for block in model.blocks:
            block.attention.w_q.weight.zero_()
    stories = world.stories(3, seed=1)
    expected = uniform_scores(stories)
    for name, scores in head_scores(model, tokenizer, stories).items():
        torch.testing.assert_close(scores, torch.full((2, 4), expected[name]))


@pytest.mark.parametrize("pattern", PATTERNS)
def test_a_head_that_follows_the_links_scores_one_and_the_others_nothing(pattern: str) -> None:
    """Layer 1, head 2 gives all its attention to the links of the pattern; all other attention stays at <bos>."""
    story = short_story()

    def along_the_links(weights: torch.Tensor) -> torch.Tensor:
        made = to_bos(weights)
        for query, keys in pattern_links(story)[pattern].items():
            made[:, 2, query] = 0.0
            made[:, 2, query, keys] = 1 / len(keys)
        return made

    def to_bos(weights: torch.Tensor) -> torch.Tensor:
        made = torch.zeros_like(weights)
        made[..., 0] = 1.0
        return made

    edits = {"blocks.0.attention.weights": to_bos, "blocks.1.attention.weights": along_the_links}
    model = make_model()
    with record(model, edit=edits):
        scores = head_scores(model, tokenizer, [story])
    expected = torch.zeros(2, 4)
    if pattern == "previous token":
        expected += 1 / 11  # <bos> is the token before the first
    expected[1, 2] = 1.0
    torch.testing.assert_close(scores[pattern], expected)


def test_scores_are_shares() -> None:
    scores = head_scores(make_model(n_heads=2, n_kv_heads=1), tokenizer, world.stories(3, seed=2))
    assert list(scores) == list(PATTERNS)
    for each in scores.values():
        assert each.shape == (2, 2)
        assert (each > 0).all() and (each < 1).all()


def test_where_there_are_no_links_there_is_no_score() -> None:
    assert uniform_scores([]) == dict.fromkeys(PATTERNS, 0.0)
    assert all((scores == 0).all() for scores in head_scores(make_model(), tokenizer, []).values())


def test_shares_along_links_counted_by_hand() -> None:
    weights = torch.tensor([[[1.0, 0.0, 0.0], [0.5, 0.5, 0.0], [0.2, 0.3, 0.5]]])  # head query key
    assert share_along_links(weights, {2: [0, 1]}).tolist() == pytest.approx([0.5])
    assert share_along_links(weights, {1: [0], 2: [0, 1]}).tolist() == pytest.approx([0.5])
    assert share_along_links(weights, {0: [0], 2: [0]}).tolist() == pytest.approx([0.6])
    assert share_along_links(weights, {}).tolist() == [0.0]
