"""Small models of openings."""

import pytest
import torch

from llmcourse.corpus import World
from llmcourse.corpus.openings import openings
from llmcourse.corpus.tokenizers import WordTokenizer
from llmcourse.errors import CourseError
from llmcourse.training import evaluate
from llmcourse.training.opening_models import opening_config, train_on_openings

TOKENIZER = WordTokenizer.for_world(World())


def test_a_few_steps_teach_something_and_the_seed_decides_them():
    texts = openings(World(), 300)
    model, again, other = (train_on_openings(texts, TOKENIZER, "tiny", steps=30, seed=seed) for seed in (1, 1, 2))
    rows = [TOKENIZER.encode(text, bos=True) for text in openings(World(), 50, seed=9)]
    assert evaluate(model, rows, TOKENIZER) < 3
    weights = [torch.nn.utils.parameters_to_vector(m.parameters()) for m in (model, again, other)]
    assert torch.equal(weights[0], weights[1]) and not torch.equal(weights[0], weights[2])
    assert not model.training


def test_sizes():
    widths = [opening_config(333, size).d_model for size in ("tiny", "small", "large")]
    assert widths == sorted(set(widths))


def test_bad_input():
    with pytest.raises(CourseError, match="choose one of tiny, small, large"):
        opening_config(333, "huge")
    with pytest.raises(CourseError, match="nothing to learn"):
        train_on_openings([], TOKENIZER)
