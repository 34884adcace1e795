"""How much attention goes to the source of a copy: heads that are made to look there, and stories without any."""

import pytest
import torch

from llmcourse.analysis.copy_sources import attention_to_sources
from llmcourse.analysis.token_kinds import token_kinds
from llmcourse.corpus import World
from llmcourse.errors import CourseError
from llmcourse.model import pretrained


def test_the_shipped_model_has_heads_that_look_at_what_they_copy() -> None:
    model, tokenizer = pretrained("gpt-world")
    weights = attention_to_sources(model, tokenizer, World().stories(5, seed=1))
    assert weights.shape == (model.config.n_layers, model.config.n_heads)
    assert weights.max() > 0.4 and weights.max() <= 1
    assert weights[0].max() < 0.1  # the first layer cannot know yet


def test_a_head_that_looks_everywhere_alike() -> None:
    model, tokenizer = pretrained("gpt-world")
    with torch.no_grad():
        for block in model.blocks:
            block.attention.w_q.weight.zero_()
    (story,) = World().stories(1, seed=2)
    ids = tokenizer.encode(story.text, bos=True)
    shares = [
        ids[: place + 1].count(ids[place + 1]) / (place + 1)
        for place, kind in enumerate(token_kinds(story)[:-1])
        if kind == "copy" and ids[place + 1] in ids[: place + 1]
    ]
    weights = attention_to_sources(model, tokenizer, [story])
    torch.testing.assert_close(weights, torch.full_like(weights, sum(shares) / len(shares)))
    with pytest.raises(CourseError, match="take more stories"):
        attention_to_sources(model, tokenizer, [])
