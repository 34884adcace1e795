import inspect
from collections.abc import Callable
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from llmcourse.errors import CourseError
from llmcourse.model import BERT, GPT, Block, ModelConfig, causal_mask, padding_mask, record
from model.strategies import settings_of_models

AS_LEARNERS_CALL_IT = inspect.unwrap(BERT.forward)  # without the shape checks of the test suite


@pytest.fixture(scope="session")
def make_bert() -> Callable[..., BERT]:
    """A tiny BERT with any settings changed, and large weights."""

    def make(seed: int = 0, **settings: Any) -> BERT:
        defaults = {"vocab_size": 23, "context": 16, "d_model": 16, "n_layers": 2, "n_heads": 4}
        model = BERT(ModelConfig(**{**defaults, **settings})).eval()
        generator = torch.Generator().manual_seed(seed)
        with torch.no_grad():
            for parameter in model.parameters():
                if parameter.ndim == 2:
                    parameter.copy_(torch.randn(parameter.shape, generator=generator) * 0.3)
                else:
                    parameter.add_(0.1)
        return model

    return make


def some_ids(batch: int, n: int, seed: int = 0, low: int = 1) -> torch.Tensor:
    return torch.randint(low, 23, (batch, n), generator=torch.Generator().manual_seed(seed))


@pytest.mark.parametrize("seed", range(4))
def test_transformers_makes_the_same_of_the_same_weights(seed: int) -> None:
    """BertForMaskedLM, with padding and segments, in four shapes."""
    transformers = pytest.importorskip("transformers")
    from model.theirs import copy_bert, enlarge

    width, layers, heads, inner = [(32, 2, 4, 64), (24, 3, 2, 40), (16, 1, 1, 64), (48, 2, 8, 20)][seed]
    hf = transformers.BertConfig(vocab_size=50, hidden_size=width, num_hidden_layers=layers, num_attention_heads=heads,
                                 intermediate_size=inner, max_position_embeddings=20)  # fmt: skip
    theirs = transformers.BertForMaskedLM(hf).eval()
    enlarge(theirs, seed)
    config = ModelConfig(vocab_size=50, context=20, d_model=width, n_layers=layers, n_heads=heads, d_ff=inner,
                         positions="learned", norm="layernorm", norm_position="post", norm_eps=1e-12, bias=True,
                         tie_embeddings=True, n_segments=2, embedding_norm=True)  # fmt: skip
    ours = BERT(config).eval()
    copy_bert(ours, theirs)

    torch.manual_seed(seed)
    ids, segments = torch.randint(1, 50, (3, 12)), torch.randint(0, 2, (3, 12))
    ids[1, 8:] = 0
    is_text = ids != 0
    expected = theirs(ids, attention_mask=is_text.long(), token_type_ids=segments).logits
    assert expected.std() > 0.1
    torch.testing.assert_close(ours(ids, padding_mask(ids), segments)[is_text], expected[is_text], atol=1e-5, rtol=1e-4)


def test_a_layer_is_pytorchs_encoder_layer() -> None:
    torch.manual_seed(0)
    theirs = torch.nn.TransformerEncoderLayer(32, 4, 64, 0.0, "gelu", batch_first=True, norm_first=True).eval()
    block = Block(
        ModelConfig(vocab_size=9, d_model=32, d_ff=64, positions="none", norm="layernorm", bias=True), is_causal=False
    )
    with torch.no_grad():
        for parameter in theirs.parameters():
            parameter.normal_(0, 0.3)
        attention = theirs.self_attn
        for ours, weight, bias in zip(
            (block.attention.w_q, block.attention.w_k, block.attention.w_v),
            attention.in_proj_weight.chunk(3),
            attention.in_proj_bias.chunk(3),
            strict=True,
        ):
            ours.weight.copy_(weight)
            ours.bias.copy_(bias)
        for ours, other in (
            (block.attention.w_o, attention.out_proj),
            (block.norm1, theirs.norm1),
            (block.norm2, theirs.norm2),
            (block.feedforward.up, theirs.linear1),
            (block.feedforward.down, theirs.linear2),
        ):
            ours.load_state_dict(other.state_dict())
    x, mask = torch.randn(3, 7, 32), torch.ones(3, 1, 7, dtype=torch.bool)
    mask[0, :, 4:] = False
    with torch.enable_grad():  # without, PyTorch takes a fused path of its own
        expected = theirs(x, src_key_padding_mask=~mask[:, 0])
    torch.testing.assert_close(block(x, mask), expected, atol=1e-5, rtol=1e-4)


@settings(max_examples=25)
@given(chosen=settings_of_models(), data=st.data())
def test_every_token_reaches_every_other_and_no_padding_any(
    make_bert: Callable[..., BERT], chosen: dict[str, Any], data: st.DataObject
) -> None:
    model = make_bert(**chosen)
    n = data.draw(st.integers(2, 12))
    text = data.draw(st.integers(1, n - 1))  # tokens before the padding
    ids = some_ids(1, n, chosen["seed"])
    ids[:, text:] = 0
    mask = padding_mask(ids)
    before = model(ids, mask)
    at = data.draw(st.integers(0, text - 1))
    changed = ids.clone()
    changed[:, at] = ids[:, at] % 22 + 1
    moved = (model(changed, mask) - before).abs().amax(-1)[0]
    assert (moved[:text] > 1e-6).all()
    torch.testing.assert_close(model(ids[:, :text]), before[:, :text], atol=1e-5, rtol=1e-4)  # as if nothing followed


@settings(max_examples=25)
@given(chosen=settings_of_models(), n=st.integers(1, 12))
def test_both_paths_agree(make_bert: Callable[..., BERT], chosen: dict[str, Any], n: int) -> None:
    model = make_bert(**chosen)
    ids = some_ids(3, n, low=0)
    ids[1] = 0  # nothing but padding
    mask = padding_mask(ids)
    fast = model(ids, mask)
    assert fast.isfinite().all()
    for block in model.blocks:
        block.attention.path = "explicit"
    torch.testing.assert_close(model(ids, mask), fast, atol=1e-4, rtol=1e-4)


def test_a_causal_mask_makes_a_decoder_of_it(make_model: Callable[..., GPT], make_bert: Callable[..., BERT]) -> None:
    """The families share their blocks: with a decoder's weights and a causal mask, BERT computes what GPT does."""
    gpt, bert = make_model(), make_bert(seed=5)
    bert.load_state_dict(gpt.state_dict(), strict=False)
    ids = some_ids(2, 9)
    with record(gpt, "final_norm") as trace:
        gpt(ids)
    torch.testing.assert_close(bert.encode(ids, causal_mask(9)[None]), trace["final_norm"], atol=1e-5, rtol=1e-5)
    assert not torch.allclose(bert.encode(ids), trace["final_norm"], atol=0.1)


def test_segments(make_bert: Callable[..., BERT]) -> None:
    model = make_bert(n_segments=2)
    ids = some_ids(2, 6)
    zeros = torch.zeros_like(ids)
    torch.testing.assert_close(model(ids), model(ids, segments=zeros))
    assert not torch.allclose(model(ids), model(ids, segments=zeros + 1), atol=0.01)
    with pytest.raises(CourseError, match="segments must be between 0 and 1, and there is a 2"):
        model(ids, segments=zeros + 2)
    with pytest.raises(CourseError, match="between 0 and 1, and there is a -1"):
        model(ids, segments=zeros - 1)
    with pytest.raises(CourseError, match=r"segments have the shape \(2, 5\), and the ids \(2, 6\)"):
        AS_LEARNERS_CALL_IT.__globals__["BERT"].checked.__wrapped__(model, zeros[:, :5], ids)
    with pytest.raises(CourseError, match="this model has no segments"):
        make_bert()(ids, segments=zeros)


@pytest.mark.parametrize("tied", [False, True])
def test_the_gradient_reaches_every_parameter(make_bert: Callable[..., BERT], tied: bool) -> None:
    model = make_bert(positions="learned", norm="layernorm", bias=True, n_segments=2, embedding_norm=True,
                      tie_embeddings=tied, qk_norm=True, context=8, norm_position="post").train()  # fmt: skip
    ids = torch.arange(23).repeat(8, 1)[:, :8] + torch.arange(0, 16, 2)[:, None]
    logits = model(ids % 23, segments=ids % 2)
    pooled = model.pool(model.encode(ids % 23))
    (F.cross_entropy(logits.flatten(0, 1), (ids % 23).flatten()) + pooled.square().sum()).backward()
    for name, parameter in model.named_parameters():
        assert parameter.grad is not None, name
        assert parameter.grad.isfinite().all(), name
        assert parameter.grad.abs().sum() > 0, name


def test_one_vector_for_a_text(make_bert: Callable[..., BERT]) -> None:
    model = make_bert()
    encoded = model.encode(some_ids(3, 5))
    pooled = model.pool(encoded)
    assert pooled.shape == (3, 16)
    assert pooled.abs().max() <= 1
    torch.testing.assert_close(pooled, torch.tanh(encoded[:, 0] @ model.pooler.weight.T))
    with pytest.raises(
        CourseError, match=r"pool wants \(batch, position, d_model\), as `encode` gives, not \(3, 0, 16\)"
    ):
        model.pool(encoded[:, :0])


def test_the_same_seed_gives_the_same_weights() -> None:
    config = ModelConfig(vocab_size=50, d_model=16, positions="learned", bias=True, n_segments=2, embedding_norm=True)
    first, second, other = (BERT(config).initialize(seed) for seed in (1, 1, 2))
    assert all(torch.equal(a, b) for a, b in zip(first.parameters(), second.parameters(), strict=True))
    assert not torch.equal(first.pooler.weight, other.pooler.weight)


def test_inputs_that_do_not_fit(make_bert: Callable[..., BERT]) -> None:
    model = make_bert()
    ids = some_ids(3, 6)
    assert model(ids[:0]).shape == (0, 6, 23)
    assert model(ids[:, :0]).shape == (3, 0, 23)
    with pytest.raises(CourseError, match="17 tokens do not fit into the model's context of 16"):
        model(torch.zeros(1, 17, dtype=torch.long))
    with pytest.raises(CourseError, match="token id 99 is outside the model's vocabulary"):
        model(torch.full((1, 3), 99))
    with pytest.raises(CourseError, match=r"shape \(batch, position\), not \(6,\)"):
        inspect.unwrap(BERT.encode)(model, ids[0])
    with pytest.raises(CourseError, match=r"of type float32, and must be integers"):
        inspect.unwrap(BERT.encode)(model, ids.float())


@pytest.mark.parametrize(
    ("mask", "problem"),
    [
        (torch.ones(3, 6, dtype=torch.bool), r"mask has the shape \(3, 6\), which does not fit .* = \(3, 6, 6\)"),
        (torch.ones(6, 6, dtype=torch.bool), r"mask has the shape \(6, 6\)"),
        (torch.ones(3, 1, 5, dtype=torch.bool), r"mask has the shape \(3, 1, 5\)"),
        (torch.ones(2, 6, 6, dtype=torch.bool), r"mask has the shape \(2, 6, 6\)"),
        (torch.ones(3, 1, 6), r"holds float32, not booleans: give `mask == 0`"),
    ],
)
def test_masks_that_do_not_fit(make_bert: Callable[..., BERT], mask: torch.Tensor, problem: str) -> None:
    with pytest.raises(CourseError, match=problem):
        inspect.unwrap(BERT.encode)(make_bert(), some_ids(3, 6), mask)
