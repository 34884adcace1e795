"""A silenced head is a term that is gone from a sum; nothing else changes."""

import pytest
import torch

from llmcourse.analysis.ablation import (
    all_heads,
    later_mentions,
    losses_at_mentions,
    right_pronouns,
    silenced,
)
from llmcourse.analysis.token_kinds import token_losses
from llmcourse.corpus import WordTokenizer, World
from llmcourse.errors import CourseError
from llmcourse.model import GPT, ModelConfig, record

world = World()
tokenizer = WordTokenizer.for_world(world)
stories = world.stories(4, seed=3)


def make_model(**settings: int) -> GPT:
    shape = {"vocab_size": tokenizer.vocab_size, "d_model": 16, "n_layers": 2, "n_heads": 4, **settings}
    return GPT(ModelConfig(**shape)).initialize(1)  # type: ignore[arg-type]


@pytest.mark.parametrize("head", [0, 3])
def test_the_output_loses_exactly_the_heads_term(head: int) -> None:
    model, ids = make_model(), torch.arange(9)[None]
    names = ("blocks.0.attention.z", "blocks.0.attention.output")
    with torch.no_grad(), record(model, *names) as whole:
        model(ids)
    with torch.no_grad(), record(model, *names, edit=silenced([(0, head)])) as cut:
        model(ids)
    block = model.blocks[0]
    slice_of_head = block.attention.w_o.weight[:, 4 * head : 4 * head + 4]  # type: ignore[union-attr, operator]
    term = whole[names[0]][:, head] @ slice_of_head.T
    torch.testing.assert_close(whole[names[1]] - cut[names[1]], term, atol=1e-6, rtol=1e-5)


def test_several_heads_of_several_layers() -> None:
    model, ids = make_model(), torch.arange(9)[None]
    with torch.no_grad(), record(model, "*.z", edit=silenced([(1, 0), (0, 2), (1, 3)])) as trace:
        model(ids)
    z = [trace[f"blocks.{layer}.attention.z"] for layer in (0, 1)]
    silent = [(layer, head) for layer in (0, 1) for head in range(4) if (z[layer][:, head] == 0).all()]
    assert silent == [(0, 2), (1, 0), (1, 3)]


def test_a_head_that_is_not_there() -> None:
    model = make_model()
    message = r"there is no head 4 in z of shape \(1, 4, 9, 4\)"
    with record(model, edit=silenced([(0, 4)])), pytest.raises(CourseError, match=message):
        model(torch.arange(9)[None])


def test_all_heads() -> None:
    assert all_heads(make_model(n_heads=2)) == [(0, 0), (0, 1), (1, 0), (1, 1)]


def test_later_mentions_are_the_links_of_the_story() -> None:
    for story in stories:
        marks = later_mentions(story)
        assert len(marks) == len(story.tokens) + 1
        assert {place for place, mark in enumerate(marks) if mark} == {later for later, _ in story.links()}


def test_losses_of_mentions_and_others_make_up_the_whole() -> None:
    model = make_model()
    at_mentions, elsewhere = losses_at_mentions(model, tokenizer, stories)
    marks = torch.tensor([mark for story in stories for mark in later_mentions(story)])
    whole = torch.cat(token_losses(model, tokenizer, [story.text for story in stories]))
    share = marks.float().mean().item()
    assert share * at_mentions + (1 - share) * elsewhere == pytest.approx(whole.mean().item(), rel=1e-5)
    assert losses_at_mentions(model, tokenizer, stories, silence=[(0, 1)]) != (at_mentions, elsewhere)
    assert losses_at_mentions(model, tokenizer, stories) == (at_mentions, elsewhere)  # the model is as before


@pytest.mark.parametrize(("favourite", "expected"), [("she", 0.5), ("right", 1.0), ("wrong", 0.0)])
def test_pronouns_are_judged_where_they_stand(favourite: str, expected: float) -> None:
    model = make_model()
    ids = {word: tokenizer.encode(word)[0] for word in ("she", "he", "She", "He")}
    other = {"she": "he", "he": "she", "She": "He", "He": "She"}

    def prefer(logits: torch.Tensor) -> torch.Tensor:
        made = torch.zeros_like(logits)
        for row, story in enumerate(stories):
            for place, token in enumerate(story.tokens):
                if token in other:
                    she = "she" if token.islower() else "She"
                    word = {"right": token, "wrong": other[token], "she": she}[favourite]
                    made[row, place, ids[word]] = 1.0
        return made

    with record(model, edit={"logits": prefer}):
        found = right_pronouns(model, tokenizer, stories)
    if favourite == "she":
        pronouns = [token.lower() for story in stories for token in story.tokens if token in other]
        expected = pronouns.count("she") / len(pronouns)
    assert found == pytest.approx(expected)


def test_without_pronouns_there_is_no_share() -> None:
    with pytest.raises(CourseError, match="there is no 'she' or 'he' in these 0 stories"):
        right_pronouns(make_model(), tokenizer, [])
