"""A small world to look at: an untrained model with the world's words, and one of its stories."""

from dataclasses import dataclass

import pytest
import torch

from llmcourse.corpus import WordTokenizer
from llmcourse.corpus.world import Story, World
from llmcourse.model import GPT, ModelConfig


@dataclass
class Scene:
    world: World
    tokenizer: WordTokenizer
    model: GPT
    story: Story

    @property
    def text(self) -> str:
        """The beginning of the story, long enough to hold true links."""
        return self.story.text[: self.story.spans[26][1]]


def make_scene() -> Scene:
    world = World()
    tokenizer = WordTokenizer.for_world(world)
    model = GPT(ModelConfig(vocab_size=tokenizer.vocab_size, context=128, d_model=32, n_layers=3, n_heads=4))
    generator = torch.Generator().manual_seed(0)
    with torch.no_grad():
        for name, parameter in model.initialize(seed=0).named_parameters():
            if name.endswith(("w_q.weight", "w_k.weight")):
                parameter.normal_(std=0.35, generator=generator)  # nothing learned, yet every head looks elsewhere
    return Scene(world, tokenizer, model, world.story(1))


@pytest.fixture(scope="session")
def scene() -> Scene:
    return make_scene()
