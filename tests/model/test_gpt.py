import inspect
import math
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from llmcourse.errors import CourseError
from llmcourse.model import GPT, KVCache, ModelConfig, record
from model.strategies import settings_of_models


@settings(max_examples=60)
@given(chosen=settings_of_models(), data=st.data())
def test_no_token_changes_what_comes_before_it(
    make_model: Callable[..., GPT], chosen: dict[str, Any], data: st.DataObject
) -> None:
    model = make_model(**chosen)
    n = data.draw(st.integers(1, 16))
    at = data.draw(st.integers(0, n - 1))
    ids = torch.randint(0, 23, (2, n), generator=torch.Generator().manual_seed(chosen["seed"]))
    changed = ids.clone()
    changed[:, at] = (changed[:, at] + 1) % 23
    before, after = model(ids), model(changed)
    torch.testing.assert_close(before[:, :at], after[:, :at], atol=1e-6, rtol=1e-6)
    assert not torch.allclose(before[:, at], after[:, at], atol=1e-3)  # and it does change what follows


def test_rows_of_a_batch_do_not_mix(make_model: Callable[..., GPT]) -> None:
    model = make_model()
    ids = torch.randint(0, 23, (3, 9))
    alone = torch.cat([model(row[None]) for row in ids])
    torch.testing.assert_close(model(ids), alone, atol=1e-5, rtol=1e-5)


def test_a_mask_hides_tokens(make_model: Callable[..., GPT]) -> None:
    """Two texts in one row, each attending to itself alone, are as two rows (without positions)."""
    model = make_model(positions="none")
    first, second = torch.randint(0, 23, (1, 5)), torch.randint(0, 23, (1, 7))
    text = torch.tensor([0] * 5 + [1] * 7)
    together = model(torch.cat([first, second], dim=1), mask=text[:, None] == text[None, :].expand(1, 12, 12))
    torch.testing.assert_close(together[:, :5], model(first), atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(together[:, 5:], model(second), atol=1e-5, rtol=1e-5)


def test_a_query_that_may_see_nothing_is_no_nan(make_model: Callable[..., GPT]) -> None:
    model = make_model()
    mask = torch.ones(1, 6, 6, dtype=torch.bool)
    mask[:, :2] = mask[:, :, :2] = False  # padding on the left
    for path in ("auto", "explicit"):
        for block in model.blocks:
            block.attention.path = path
        model.zero_grad()
        model(torch.arange(6)[None], mask=mask).sum().backward()
        assert all(parameter.grad.isfinite().all() for parameter in model.parameters())


def test_logits_come_from_the_tied_matrix() -> None:
    model = GPT(ModelConfig(vocab_size=9, d_model=8, tie_embeddings=True))
    assert model.unembedding.weight is model.token_embedding.weight
    assert GPT(ModelConfig(vocab_size=9, d_model=8)).unembedding.weight is not model.token_embedding.weight


def test_the_same_seed_gives_the_same_weights() -> None:
    config = ModelConfig(vocab_size=50, positions="learned", bias=True, norm="layernorm")
    first, second, other = GPT(config).initialize(1), GPT(config).initialize(1), GPT(config).initialize(2)
    assert all(torch.equal(a, b) for a, b in zip(first.parameters(), second.parameters(), strict=True))
    assert not torch.equal(first.token_embedding.weight, other.token_embedding.weight)
    state = torch.get_rng_state()
    first.initialize(3)
    assert torch.equal(torch.get_rng_state(), state)  # a seed of its own leaves everybody else's dice alone


def test_the_untrained_model_knows_nothing() -> None:
    model = GPT(ModelConfig(vocab_size=50)).initialize(0)
    loss = F.cross_entropy(model(torch.randint(0, 50, (8, 100))).flatten(0, 1), torch.randint(0, 50, (800,)))
    assert loss.item() == pytest.approx(math.log(50), abs=0.3)  # it leans a little towards saying each word again


def test_sizes_of_initial_weights() -> None:
    config = ModelConfig(vocab_size=500, n_layers=8, positions="learned", bias=True, norm="layernorm")
    model = GPT(config).initialize(0)
    block = model.blocks[3]
    assert block.attention.w_q.weight.std().item() == pytest.approx(128**-0.5, rel=0.05)
    assert block.attention.w_o.weight.std().item() == pytest.approx(128**-0.5 / 4, rel=0.05)  # 4 = √(2 · 8 layers)
    assert block.feedforward.down.weight.std().item() == pytest.approx(512**-0.5 / 4, rel=0.05)
    assert (block.attention.w_q.bias == 0).all()
    assert (block.norm1.weight == 1).all()
    assert (block.norm1.bias == 0).all()


@pytest.mark.parametrize("tied", [False, True])
@pytest.mark.parametrize("positions", ["rotary", "learned", "sinusoidal"])
def test_sizes_of_initial_embeddings(positions: Any, tied: bool) -> None:
    model = GPT(ModelConfig(vocab_size=500, positions=positions, tie_embeddings=tied)).initialize(0)
    tokens = model.token_embedding(torch.arange(500)[None])
    assert model.unembedding.weight.std().item() == pytest.approx(0.02, rel=0.05)
    assert tied or tokens.std().item() == pytest.approx(1, rel=0.05)
    if model.position_embedding is not None:  # neither drowns the other
        assert 0.2 < tokens.std() / model.position_embedding(0, 128).std() < 2


def test_zero_init_outputs_make_each_block_the_identity_at_first() -> None:
    model = GPT(ModelConfig(vocab_size=50, zero_init_outputs=True)).initialize(0)
    ids = torch.randint(0, 50, (2, 9))
    with record(model, "embeddings", "blocks.*.residual_out") as trace:
        model(ids)
    assert len(trace) == 4
    assert all(torch.equal(value, trace["embeddings"]) for value in trace.values())
    model(ids).sum().backward()
    assert model.blocks[0].feedforward.down.weight.grad.abs().sum() > 0  # and yet it learns


def test_inputs_that_do_not_fit(make_model: Callable[..., GPT]) -> None:
    model = make_model()
    with pytest.raises(CourseError, match="17 tokens do not fit into the model's context of 16"):
        model(torch.zeros(1, 17, dtype=torch.long))
    cache = KVCache(model.config)
    model(torch.zeros(1, 10, dtype=torch.long), cache=cache)
    with pytest.raises(CourseError, match="17 tokens do not fit"):
        model(torch.zeros(1, 7, dtype=torch.long), cache=cache)
    encode_as_learners_call_it = inspect.unwrap(GPT.encode)  # without the shape checks of the test suite
    with pytest.raises(CourseError, match=r"shape \(batch, position\), not \(3,\): one text is ids\[None\]"):
        encode_as_learners_call_it(model, torch.tensor([1, 2, 3]))


def test_dropout_is_random_in_training_only() -> None:
    model = GPT(ModelConfig(vocab_size=20, d_model=16, dropout=0.3))
    ids = torch.arange(10)[None]
    assert not torch.equal(model(ids), model(ids))
    model.eval()
    assert torch.equal(model(ids), model(ids))


def test_half_precision_stays_half(make_model: Callable[..., GPT]) -> None:
    model = make_model(qk_norm=True).bfloat16()
    logits = model(torch.arange(10)[None])
    assert logits.dtype == torch.bfloat16
    assert logits.isfinite().all()


def test_a_model_learns_to_copy() -> None:
    """The parts together can be trained: a pattern that only attention can see is learned in a few steps."""
    torch.manual_seed(0)
    config = ModelConfig(vocab_size=8, context=8, d_model=32, n_layers=2, n_heads=2, qk_norm=True, activation="relu2")
    model = GPT(config).initialize(0)
    optimizer = torch.optim.AdamW(model.parameters(), lr=1e-2)
    for _ in range(150):
        half = torch.randint(0, 8, (64, 4))
        ids = torch.cat([half, half], dim=1)
        loss = F.cross_entropy(model(ids)[:, 4:-1].flatten(0, 1), ids[:, 5:].flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
    assert loss.item() < 0.1  # chance: log 8 = 2.08


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
def test_a_gpu_gives_the_same_logits(make_model: Callable[..., GPT]) -> None:
    model = make_model(n_kv_heads=2, qk_norm=True)
    ids = torch.arange(12)[None]
    on_cpu = model(ids)
    torch.testing.assert_close(model.to("cuda")(ids.to("cuda")).cpu(), on_cpu, atol=1e-4, rtol=1e-4)


def test_copy_init_makes_a_head_pass_on_what_it_attends_to() -> None:
    """Before any training, the logits of the tokens in the context are above those of all others, on average."""
    for kv_heads in (None, 2):
        config = ModelConfig(vocab_size=60, n_kv_heads=kv_heads, zero_init_outputs=True, copy_init=True)
        model = GPT(config).initialize(0)
        ids = torch.arange(10, 30)[None]
        gain = (model(ids) - GPT(replace(config, copy_init=False)).initialize(0)(ids))[0, -1]
        seen = torch.zeros(60, dtype=torch.bool)
        seen[ids[0, :-1]] = True
        assert gain[seen].mean() > gain[~seen].mean() + 2 * gain[~seen].std() / seen.sum() ** 0.5
