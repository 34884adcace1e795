import pytest
import torch
import torch.nn.functional as F

from llmcourse.corpus import WordTokenizer
from llmcourse.errors import CourseError
from llmcourse.model import EncoderDecoder, ModelConfig
from llmcourse.training.loss import IGNORE
from llmcourse.training.pairs import collate_pairs, pair_loss

TOKENIZER = WordTokenizer("abcdef")
PAIRS = [("a b c", "d e"), ("a", "f f f")]


def test_what_each_half_is_given() -> None:
    batch = collate_pairs(PAIRS, TOKENIZER)
    assert batch.source.tolist() == [[3, 4, 5], [3, 0, 0]]
    assert batch.source_mask.tolist() == [[[True, True, True]], [[True, False, False]]]
    assert batch.ids.tolist() == [[1, 6, 7, 2], [1, 8, 8, 8]]
    assert batch.targets.tolist() == [[6, 7, 2, IGNORE], [8, 8, 8, 2]]
    second = batch.rows(torch.tensor([1]))
    assert second.ids.tolist() == [[1, 8, 8, 8]]
    assert second.source_mask.shape == (1, 1, 3)
    with pytest.raises(CourseError, match="the list of pairs is empty"):
        collate_pairs([], TOKENIZER)


def test_the_loss_is_that_of_each_pair_alone() -> None:
    model = EncoderDecoder(ModelConfig(vocab_size=9, context=8, d_model=16)).initialize(0)
    batch = collate_pairs(PAIRS, TOKENIZER)
    total = 0.0
    for source, target in PAIRS:
        ids = torch.tensor([TOKENIZER.encode(target, bos=True, eos=True)])
        logits = model(torch.tensor([TOKENIZER.encode(source)]), ids[:, :-1])
        total += F.cross_entropy(logits[0], ids[0, 1:], reduction="sum").item()
    assert pair_loss(model, batch).item() == pytest.approx(total / 7, rel=1e-5)
