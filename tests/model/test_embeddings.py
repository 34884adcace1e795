import inspect

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given
from hypothesis import strategies as st

from llmcourse.errors import CourseError
from llmcourse.model import ModelConfig, TokenEmbedding, embed_by_product
from llmcourse.model.embeddings import check_vocabulary


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


@given(shape=st.lists(st.integers(0, 4), max_size=3), seed=st.integers(0, 5))
def test_the_product_is_the_look_up(shape: list[int], seed: int) -> None:
    generator = torch.Generator().manual_seed(seed)
    ids = torch.randint(11, shape, generator=generator)
    table = torch.randn(11, 5, generator=generator)
    torch.testing.assert_close(embed_by_product(ids, table), table[ids])


def test_the_product_keeps_the_type_of_the_table_and_takes_any_integers() -> None:
    table = torch.randn(5, 3, dtype=torch.float64)
    vectors = embed_by_product(torch.tensor([1, 4], dtype=torch.int32), table)
    assert vectors.dtype == torch.float64
    assert torch.equal(vectors, table[[1, 4]])


def test_only_the_rows_that_were_read_get_a_gradient() -> None:
    embedding = TokenEmbedding(ModelConfig(vocab_size=7, d_model=8))
    embedding(torch.tensor([[1, 4, 4]])).sum().backward()
    assert embedding.weight.grad is not None
    assert embedding.weight.grad.abs().sum(dim=1).nonzero().flatten().tolist() == [1, 4]


def test_an_empty_text_has_no_vectors() -> None:
    assert TokenEmbedding(ModelConfig(vocab_size=7, d_model=8))(torch.zeros(1, 0, dtype=torch.long)).shape == (1, 0, 8)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bool, torch.float16, torch.complex64])
def test_ids_that_are_no_integers(dtype: torch.dtype) -> None:
    as_learners_call_it = inspect.unwrap(check_vocabulary)  # without the shape checks of the test suite
    with pytest.raises(CourseError, match=r"ids of shape \(1, 3\) are of type \w+, and must be integers"):
        as_learners_call_it(torch.ones(1, 3).to(dtype), 7)
