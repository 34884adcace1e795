"""A snapshot is the model as it was, whatever becomes of the model."""

import pytest
import torch

from llmcourse.analysis.snapshots import Snapshots
from llmcourse.corpus import WordTokenizer
from llmcourse.errors import CourseError
from llmcourse.model import GPT, ModelConfig
from llmcourse.training import Batches, TrainConfig, train


def test_snapshots_hold_the_model_as_it_was() -> None:
    tokenizer = WordTokenizer(["a", "b"])
    model = GPT(ModelConfig(vocab_size=tokenizer.vocab_size, context=8, d_model=8, n_layers=1, n_heads=2)).initialize(0)
    ids = torch.tensor([[1, 3, 4]])
    untrained = model(ids).detach()
    snapshots = Snapshots(every=4, also=[1])
    train(model, Batches(["a b", "b a"], tokenizer, 8, 2), TrainConfig(steps=9), [snapshots])

    assert snapshots.steps == [0, 1, 4, 8, 9]
    assert torch.equal(snapshots.model_at(0)(ids), untrained)
    assert not torch.equal(snapshots.model_at(8)(ids), snapshots.model_at(4)(ids))
    assert torch.equal(snapshots.model_at(9)(ids), model(ids))
    with pytest.raises(CourseError, match="no snapshot of step 5; the nearest is 4"):
        snapshots.model_at(5)


def test_never_is_no_interval() -> None:
    with pytest.raises(CourseError, match="at least 1"):
        Snapshots(every=0)
