import math

import pytest
import torch

from llmcourse.analysis.decoding import agreement, coverage, entropy, impossible, places, world_kl, write
from llmcourse.corpus import World
from llmcourse.inference import top_k, with_temperature
from llmcourse.model import pretrained

world = World()


@pytest.fixture(scope="module")
def shipped():
    return pretrained("gpt-world")


@pytest.fixture(scope="module")
def at(shipped):
    return places(*shipped, world, world.stories(6, seed=1), skip=8)


def same(logits):
    return logits


def test_entropy() -> None:
    logits = torch.tensor([[0.25] * 4, [1.0, 0, 0, 0], [0.5, 0.5, 0, 0]]).log()
    torch.testing.assert_close(entropy(logits), torch.tensor([math.log(4), 0.0, math.log(2)]))


def test_places_hold_the_truth(at) -> None:
    stories = world.stories(6, seed=1)
    torch.testing.assert_close(at.truth.sum(-1), torch.ones(len(at.ids)), atol=1e-5, rtol=0)
    first = [math.log(p) for p in at.truth.gather(1, at.ids[:, None])[at.story == 0, 0].tolist()]
    assert first == pytest.approx(stories[0].log_probs[8:], abs=1e-5)


def test_the_truth_itself_is_perfect(at) -> None:
    true = at._replace(logits=at.truth.log())
    assert agreement(true, same) == pytest.approx(1, abs=1e-5)
    assert world_kl(true, same) == pytest.approx(0, abs=1e-5)
    assert impossible(true, same) == 0
    assert coverage(true, same) == 1


def test_the_shipped_model_is_near_and_its_cuts_are_not(at) -> None:
    assert agreement(at, same) > 0.97
    assert 0 < impossible(at, same) < 0.01
    assert world_kl(at, same) < world_kl(at, lambda logits: with_temperature(logits, 0.5))
    assert coverage(at, same) == 1
    assert coverage(at, lambda logits: top_k(logits, 1)) == 0
    assert world_kl(at, lambda logits: top_k(logits, 1)) == math.inf


def test_writing_is_judged_and_measured(shipped) -> None:
    model, tokenizer = shipped
    stories = world.stories(8, seed=2)
    beginnings = torch.tensor([tokenizer.encode(story.text, bos=True)[:9] for story in stories])
    sure = write(model, tokenizer, beginnings, lambda logits: top_k(logits, 1), world)
    assert sure.entropy == 0
    assert sure.true == sum(map(world.is_story, sure.texts)) / 8
    for text, story in zip(sure.texts, stories, strict=True):
        assert text.split()[:6] == story.text.split()[:6]
    drawn = write(model, tokenizer, beginnings, same, world, seed=1)
    assert 15 < drawn.entropy < 40
    assert drawn.texts == write(model, tokenizer, beginnings, same, world, seed=1).texts
