import copy

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from llmcourse.errors import CourseError
from llmcourse.training.tuning import keep_low_rank, low_rank

from .conftest import shaken


@given(st.integers(1, 8), st.integers(1, 8), st.data())
def test_the_error_is_the_rest_of_the_spectrum(n_out: int, n_in: int, data: st.DataObject) -> None:
    """Eckart and Young: what is missing has the size of the singular values that were dropped. NumPy knows them."""
    rank = data.draw(st.integers(1, min(n_out, n_in)))
    change = torch.randn(n_out, n_in, generator=torch.Generator().manual_seed(data.draw(st.integers(0, 99))))
    b, a = low_rank(change, rank)
    assert b.shape == (n_out, rank) and a.shape == (rank, n_in)
    values = np.linalg.svd(change.numpy(), compute_uv=False)
    assert float((change - b @ a).norm()) == pytest.approx(float(np.sqrt((values[rank:] ** 2).sum())), abs=1e-5)


@pytest.mark.parametrize("rank", [0, -1, 4])
def test_impossible_ranks(rank) -> None:
    with pytest.raises(CourseError, match=rf"rank={rank} is not possible for a \(3, 5\)"):
        low_rank(torch.zeros(3, 5), rank)


def test_a_whole_model(make, ids) -> None:
    base = make()
    tuned = shaken(copy.deepcopy(base), seed=1)
    said = tuned(ids)
    torch.testing.assert_close(keep_low_rank(copy.deepcopy(tuned), base, 16)(ids), said, atol=1e-4, rtol=1e-4)
    errors = []
    for rank in (0, 2, 4, 8):
        kept = keep_low_rank(copy.deepcopy(tuned), base, rank)
        change = kept.blocks[0].attention.w_q.weight - base.blocks[0].attention.w_q.weight
        assert torch.linalg.matrix_rank(change, atol=1e-4) == rank
        assert torch.equal(kept.unembedding.weight, tuned.unembedding.weight)
        errors.append((kept.blocks[0].attention.w_q.weight - tuned.blocks[0].attention.w_q.weight).norm().item())
    assert errors == sorted(errors, reverse=True)
