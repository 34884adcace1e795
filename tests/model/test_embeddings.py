import pytest
import torch
import torch.nn.functional as F

from llmcourse.errors import CourseError
from llmcourse.model import ModelConfig, TokenEmbedding


def test_a_lookup_is_a_product_with_a_one_hot_vector() -> None:
    embedding = TokenEmbedding(ModelConfig(vocab_size=7, d_model=8))
    ids = torch.tensor([[0, 6, 3], [3, 3, 1]])
    one_hot = F.one_hot(ids, num_classes=7).float()
    torch.testing.assert_close(embedding(ids), one_hot @ embedding.weight)


def test_the_original_transformers_scale() -> None:
    embedding = TokenEmbedding(ModelConfig(vocab_size=7, d_model=16, positions="sinusoidal"))
    torch.testing.assert_close(embedding(torch.tensor([[2]]))[0, 0], embedding.weight[2] * 4)


@pytest.mark.parametrize("wrong", [7, -1, 1000])
def test_an_id_outside_the_vocabulary(wrong: int) -> None:
    embedding = TokenEmbedding(ModelConfig(vocab_size=7, d_model=8))
    with pytest.raises(CourseError, match=rf"token id {wrong} is outside the model's vocabulary \(0 to 6\)"):
        embedding(torch.tensor([[1, wrong, 2]]))
