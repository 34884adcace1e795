"""Another order of memory changes neither names nor shapes nor values."""

from collections.abc import Callable

import pytest
import torch

from llmcourse.inference import generate
from llmcourse.inference.layout import lay_out_for_decoding
from llmcourse.model import GPT

CHOICES = [{}, {"tie_embeddings": True}, {"bias": True, "norm": "layernorm"}, {"n_kv_heads": 2, "activation": "swiglu"}]


@pytest.mark.parametrize("threads", [1, 2, 3])
@pytest.mark.parametrize("chosen", CHOICES, ids=str)
def test_nothing_changes_but_the_strides(
    make_model: Callable[..., GPT], chosen: dict, threads: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(torch, "get_num_threads", lambda: threads)  # 16 cannot be cut in three
    before, after = make_model(**chosen), lay_out_for_decoding(make_model(**chosen))
    for (name, weight), (other, same) in zip(before.named_parameters(), after.named_parameters(), strict=True):
        assert name == other
        assert torch.equal(weight, same)
    linear = after.blocks[0].get_submodule("feedforward.up").weight
    assert linear.stride() == (1, len(linear))
    ids = torch.tensor([[1, 2, 3]])
    for some in (ids, ids[:, :1], ids.T):  # several tokens, one, several texts
        torch.testing.assert_close(before(some), after(some), atol=1e-5, rtol=1e-5)
    assert torch.equal(generate(before, ids, 6), generate(after, ids, 6))


def test_a_tied_matrix_stays_tied(make_model: Callable[..., GPT]) -> None:
    model = lay_out_for_decoding(make_model(tie_embeddings=True))
    assert model.unembedding.weight is model.token_embedding.weight
