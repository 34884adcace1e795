import inspect
import math
from collections.abc import Callable
from typing import Any

import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st

from llmcourse.errors import CourseError
from llmcourse.model import Block, EncoderDecoder, KVCache, ModelConfig, MultiHeadAttention, padding_mask, record
from model.strategies import settings_of_models

MakePair = Callable[..., EncoderDecoder]


@pytest.fixture(scope="session")
def make_pair() -> MakePair:
    """A tiny encoder-decoder with any settings changed, and large weights."""

    def make(seed: int = 0, **settings: Any) -> EncoderDecoder:
        defaults = {"vocab_size": 23, "context": 16, "d_model": 16, "n_layers": 2, "n_heads": 4}
        model = EncoderDecoder(ModelConfig(**{**defaults, **settings})).eval()
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


def all_attentions(model: EncoderDecoder) -> list[MultiHeadAttention]:
    return [module for module in model.modules() if isinstance(module, MultiHeadAttention)]


@pytest.mark.parametrize("seed", range(4))
def test_transformers_makes_the_same_of_the_same_weights(seed: int) -> None:
    """T5ForConditionalGeneration with padding, old (ReLU, tied) and 1.1 (gated, untied), past the last bucket."""
    transformers = pytest.importorskip("transformers")
    from model.theirs import copy_t5, enlarge

    width, layers, decoder_layers, heads = [(32, 2, 3, 4), (24, 1, 1, 2), (16, 3, 1, 1), (48, 1, 2, 8)][seed]
    is_old = seed % 2 == 0
    hf = transformers.T5Config(vocab_size=50, d_model=width, d_kv=width // heads, d_ff=40, num_layers=layers,
                               num_decoder_layers=decoder_layers, num_heads=heads, tie_word_embeddings=is_old,
                               feed_forward_proj="relu" if is_old else "gated-gelu",
                               decoder_start_token_id=0)  # fmt: skip
    theirs = transformers.T5ForConditionalGeneration(hf).eval()
    enlarge(theirs, seed)
    config = ModelConfig(vocab_size=50, context=200, d_model=width, n_layers=layers, n_decoder_layers=decoder_layers,
                         n_heads=heads, d_ff=40, positions="relative", activation="relu" if is_old else "geglu",
                         tie_embeddings=is_old, scale_scores=False, scale_logits=is_old)  # fmt: skip
    ours = EncoderDecoder(config).eval()
    copy_t5(ours, theirs)

    torch.manual_seed(seed)
    source, ids = torch.randint(1, 50, (2, 160)), torch.randint(1, 50, (2, 35))
    source[1, 130:] = 0
    expected = theirs(source, attention_mask=(source != 0).long(), decoder_input_ids=ids).logits
    size = expected.std()
    assert size > 0.05
    torch.testing.assert_close(ours(source, ids, padding_mask(source)) / size, expected / size, atol=1e-4, rtol=1e-4)


def test_a_decoder_layer_is_pytorchs() -> None:
    """Self-attention, cross-attention, feed-forward, in this order and with the norms where the original has them."""
    torch.manual_seed(0)
    theirs = torch.nn.TransformerDecoderLayer(32, 4, 64, 0.0, "relu", batch_first=True).eval()
    config = ModelConfig(vocab_size=9, d_model=32, d_ff=64, positions="none", norm="layernorm", norm_position="post",
                         activation="relu", bias=True)  # fmt: skip
    block = Block(config, has_cross=True)
    with torch.no_grad():
        for parameter in theirs.parameters():
            parameter.normal_(0, 0.3)
        for ours, other in ((block.attention, theirs.self_attn), (block.cross_attention, theirs.multihead_attn)):
            weights, biases = other.in_proj_weight.chunk(3), other.in_proj_bias.chunk(3)
            for linear, weight, bias in zip((ours.w_q, ours.w_k, ours.w_v), weights, biases, strict=True):
                linear.weight.copy_(weight)
                linear.bias.copy_(bias)
            ours.w_o.load_state_dict(other.out_proj.state_dict())
        for ours, other in (
            (block.norm1, theirs.norm1),
            (block.cross_norm, theirs.norm2),
            (block.norm2, theirs.norm3),
            (block.feedforward.up, theirs.linear1),
            (block.feedforward.down, theirs.linear2),
        ):
            ours.load_state_dict(other.state_dict())
    x, memory = torch.randn(3, 5, 32), torch.randn(3, 7, 32)
    mask = torch.ones(3, 1, 7, dtype=torch.bool)
    mask[0, :, 4:] = False
    future = torch.nn.Transformer.generate_square_subsequent_mask(5)
    expected = theirs(x, memory, tgt_mask=future, memory_key_padding_mask=~mask[:, 0])
    torch.testing.assert_close(block(x, memory=memory, memory_mask=mask), expected, atol=1e-5, rtol=1e-4)


@settings(max_examples=25)
@given(chosen=settings_of_models(), n=st.integers(1, 10), m=st.integers(1, 12))
def test_cache_and_path_change_nothing(make_pair: MakePair, chosen: dict[str, Any], n: int, m: int) -> None:
    model = make_pair(n_decoder_layers=2, **chosen)
    source, ids = some_ids(3, m, chosen["seed"], low=0), some_ids(3, n)
    source[1] = 0  # nothing to read
    source_mask = padding_mask(source)
    whole = model(source, ids, source_mask)
    assert whole.isfinite().all()

    cache, memory = KVCache(model.config), model.encode(source, source_mask)
    steps = [model.decode(ids[:, i : i + 1], memory, source_mask, cache=cache) for i in range(n)]
    torch.testing.assert_close(torch.cat(steps, dim=1), whole, atol=1e-4, rtol=1e-4)

    for attention in all_attentions(model):
        attention.path = "explicit"
    torch.testing.assert_close(model(source, ids, source_mask), whole, atol=1e-4, rtol=1e-4)


@settings(max_examples=25)
@given(chosen=settings_of_models(), data=st.data())
def test_who_reaches_whom(make_pair: MakePair, chosen: dict[str, Any], data: st.DataObject) -> None:
    """The source reaches everything; a word of the answer itself and what follows it; padding nothing."""
    model = make_pair(**chosen)
    text, n = data.draw(st.integers(1, 8)), data.draw(st.integers(1, 8))
    source, ids = some_ids(1, text + 2, chosen["seed"]), some_ids(1, n)
    source[:, text:] = 0
    mask = padding_mask(source)
    before = model(source, ids, mask)
    torch.testing.assert_close(model(source[:, :text], ids), before, atol=1e-5, rtol=1e-4)

    at = data.draw(st.integers(0, text - 1))
    changed = source.clone()
    changed[:, at] = source[:, at] % 22 + 1
    assert ((model(changed, ids, mask) - before).abs().amax(-1) > 1e-6).all()

    at = data.draw(st.integers(0, n - 1))
    changed = ids.clone()
    changed[:, at] = ids[:, at] % 22 + 1
    moved = (model(source, changed, mask) - before).abs().amax(-1)[0]
    assert (moved[:at] < 1e-6).all()
    assert (moved[at:] > 1e-6).all()


def test_a_memory_that_is_hidden_whole_is_not_read(make_pair: MakePair) -> None:
    model = make_pair()
    ids = some_ids(2, 5)
    hidden = torch.zeros(2, 1, 7, dtype=torch.bool)
    first, second = (model.decode(ids, model.encode(some_ids(2, 7, seed)), hidden) for seed in (1, 2))
    assert torch.equal(first, second)
    assert first.isfinite().all()


def test_the_gradient_reaches_every_parameter(make_pair: MakePair) -> None:
    for changes in (
        {"positions": "learned", "norm": "layernorm", "bias": True, "qk_norm": True, "context": 8},
        {"positions": "relative", "activation": "geglu", "scale_scores": False, "n_decoder_layers": 1},
        {"positions": "sinusoidal", "norm_position": "post", "norm": "layernorm", "bias": True, "tie_embeddings": True},
    ):
        model = make_pair(**changes).train()
        source, ids = some_ids(16, 8, seed=1, low=0), some_ids(16, 8, seed=2, low=0)
        mask = torch.ones(16, 1, 8, dtype=torch.bool)
        mask[0] = False
        F.cross_entropy(model(source, ids, mask).flatten(0, 1), ids.flatten()).backward()
        for name, parameter in model.named_parameters():
            assert parameter.grad is not None, name
            assert parameter.grad.isfinite().all(), name
            is_bias_of_keys = name.endswith("w_k.bias")  # the same for all keys of a query: no share depends on it
            assert is_bias_of_keys or parameter.grad.abs().sum() > 0, name


def test_the_same_seed_gives_the_same_weights() -> None:
    config = ModelConfig(vocab_size=50, d_model=16, positions="relative", n_decoder_layers=1)
    first, second, other = (EncoderDecoder(config).initialize(seed) for seed in (1, 1, 2))
    assert all(torch.equal(a, b) for a, b in zip(first.parameters(), second.parameters(), strict=True))
    assert not torch.equal(first.token_embedding.weight, other.token_embedding.weight)


@pytest.mark.parametrize("scaled", [True, False])
def test_first_scores_have_the_same_size_scaled_or_not(scaled: bool) -> None:
    config = ModelConfig(vocab_size=99, d_model=256, n_heads=4, n_layers=1, positions="none", scale_scores=scaled)
    model = EncoderDecoder(config).initialize(0)
    with record(model, "encoder_blocks.0.attention.scores") as trace:
        model.encode(torch.arange(90)[None])
    assert trace["encoder_blocks.0.attention.scores"].std().item() == pytest.approx(1, rel=0.25)


def test_the_untrained_model_knows_nothing() -> None:
    for positions, tied in (("sinusoidal", True), ("relative", False)):
        model = EncoderDecoder(ModelConfig(vocab_size=50, positions=positions, tie_embeddings=tied)).initialize(0)
        ids = torch.randint(0, 50, (8, 100), generator=torch.Generator().manual_seed(0))
        loss = F.cross_entropy(model(ids, ids).flatten(0, 1), ids.flip(1).flatten())
        assert loss.item() == pytest.approx(math.log(50), abs=0.3)


def test_halves_of_different_depth(make_pair: MakePair) -> None:
    model = make_pair(n_layers=1, n_decoder_layers=3)
    assert (len(model.encoder_blocks), len(model.decoder_blocks)) == (1, 3)
    cache = KVCache(model.config)
    source, ids = some_ids(1, 4), some_ids(1, 5)
    torch.testing.assert_close(model.decode(ids, model.encode(source), cache=cache), model(source, ids))


def test_inputs_that_do_not_fit(make_pair: MakePair) -> None:
    model = make_pair()
    source, ids = some_ids(3, 6), some_ids(3, 4)
    memory = model.encode(source)
    decode, encode = inspect.unwrap(EncoderDecoder.decode), inspect.unwrap(EncoderDecoder.encode)
    assert model(source[:0], ids[:0]).shape == (0, 4, 23)
    assert model(source, ids[:, :0]).shape == (3, 0, 23)
    assert model(source[:, :0], ids).isfinite().all()  # nothing to read
    with pytest.raises(CourseError, match="17 tokens do not fit"):
        model.encode(torch.zeros(1, 17, dtype=torch.long))
    with pytest.raises(CourseError, match="17 tokens do not fit"):
        model.decode(torch.zeros(3, 17, dtype=torch.long), memory)
    with pytest.raises(CourseError, match="token id [0-9]+ is outside"):
        model(source, ids + 22)
    with pytest.raises(CourseError, match="must be integers"):
        encode(model, source.float())
    with pytest.raises(CourseError, match=r"memory has the shape \(2, 6, 16\), not \(batch 3, any number of tokens"):
        decode(model, ids, memory[:2])
    with pytest.raises(CourseError, match=r"memory has the shape \(3, 16\)"):
        decode(model, ids, memory[:, 0])
    with pytest.raises(CourseError, match=r"source_mask has the shape \(3, 6\)"):
        encode(model, source, source != 0)
    with pytest.raises(CourseError, match=r"memory_mask has the shape \(3, 1, 4\), which does not fit .* \(3, 4, 6\)"):
        decode(model, ids, memory, padding_mask(ids))
    with pytest.raises(CourseError, match=r"mask has the shape \(3, 1, 6\), which does not fit .* \(3, 4, 4\)"):
        decode(model, ids, memory, mask=padding_mask(source))


def test_a_block_reads_a_memory_or_it_does_not() -> None:
    config = ModelConfig(vocab_size=9, d_model=8)
    x = torch.randn(1, 3, 8)
    with pytest.raises(CourseError, match="cross-attention needs memory="):
        Block(config, has_cross=True)(x)
    with pytest.raises(CourseError, match="this block has no cross-attention .* has_cross=True"):
        Block(config)(x, memory=x)


def test_a_memory_of_nan_is_not_swallowed(make_pair: MakePair) -> None:
    memory = make_pair().encode(some_ids(1, 4))
    memory[0, 2, 3] = math.nan
    assert make_pair().decode(some_ids(1, 3), memory).isnan().any()
