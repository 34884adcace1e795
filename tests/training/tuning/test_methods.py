"""What holds for every method: bottlenecks, prefixes, BitFit, and none of them."""

import copy

import pytest
import torch

from llmcourse.errors import CourseError
from llmcourse.model import BERT, GPT, EncoderDecoder, KVCache, SequenceClassifier, padding_mask, record
from llmcourse.training.finetuning import count_trained
from llmcourse.training.tuning import (
    Adapters,
    BitFit,
    LoRA,
    Method,
    PrefixTuning,
    bottleneck_parameters,
    method_of,
    remove_from,
    trained_parameters,
)

from .conftest import shaken

METHODS = [LoRA(rank=2), Adapters(width=3), PrefixTuning(length=2), BitFit(make=True)]
STARTS_AS_NOTHING = [method for method in METHODS if not isinstance(method, PrefixTuning)]


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
@pytest.mark.parametrize("family", [GPT, BERT])
class TestEveryMethod:
    def test_goes_without_a_trace(self, family, method, make, ids) -> None:
        model = make(family)
        plain, before = model(ids), copy.deepcopy(model.state_dict())
        method.add_to(model)
        assert method_of(model) is method
        shaken(model, seed=1)
        assert not torch.allclose(model(ids), plain)
        remove_from(model)
        assert method_of(model) is None
        assert model.state_dict().keys() == before.keys()
        assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())
        assert torch.equal(model(ids), plain)

    def test_starts_as_nothing(self, family, method, make, ids) -> None:
        model = make(family)
        plain = model(ids)
        same = torch.equal(method.add_to(model)(ids), plain)
        assert same == (method in STARTS_AS_NOTHING)

    def test_trains_what_it_adds_and_nothing_else(self, family, method, make, ids) -> None:
        model = make(family)
        names = {name for name, _ in model.named_parameters()}
        method.add_to(model)
        trained = trained_parameters(model)
        assert trained and not trained.keys() & names
        shaken(model, seed=2, size=0.1)
        model(ids).logsumexp(-1).sum().backward()
        for name, parameter in model.named_parameters():
            assert (parameter.grad is not None and bool(parameter.grad.abs().max() > 0)) == (name in trained), name

    def test_survives_a_copy(self, family, method, make, ids) -> None:
        model = shaken(method.add_to(make(family)), seed=1)
        twin = copy.deepcopy(model)
        assert torch.equal(twin(ids), model(ids))
        shaken(twin, seed=9)
        assert not torch.allclose(twin(ids), model(ids)), "what the copy adds is its own"
        remove_from(twin)
        assert torch.equal(twin(ids), make(family)(ids))

    def test_no_token_leaks(self, family, method, make, ids) -> None:
        model = shaken(method.add_to(make(family)), seed=1)
        later = ids.clone()
        later[:, -1] = (later[:, -1] + 1) % 23
        same = torch.allclose(model(ids)[:, :-1], model(later)[:, :-1], atol=1e-6)
        assert same == (family is GPT)

    def test_padding_stays_hidden(self, family, method, make, ids) -> None:
        model = shaken(method.add_to(make(family)), seed=1)
        padded = torch.cat([ids, torch.zeros_like(ids[:, :3])], dim=1)
        mask = padding_mask(padded)
        torch.testing.assert_close(model(padded, mask)[:, :-3], model(ids), atol=1e-5, rtol=1e-5)


def test_a_part_can_be_trained_as_it_is(make) -> None:
    model = Method(also=["final_norm", "blocks.0.norm1"]).add_to(make())
    assert list(trained_parameters(model)) == ["blocks.0.norm1.weight", "final_norm.weight"]
    model = LoRA(rank=1, also=["unembedding"]).add_to(make())
    assert "unembedding.weight" in trained_parameters(model)


def test_a_whole_name_means_that_part_alone(make) -> None:
    """A classifier on a BERT has a head, and so has the BERT in it."""
    classifier = SequenceClassifier(make(BERT, tie_embeddings=False), 2)
    assert list(trained_parameters(Method(also=["head"]).add_to(classifier))) == ["head.weight", "head.bias"]
    remove_from(classifier)
    assert "backbone.head.transform.weight" in trained_parameters(Method(also=["*.head"]).add_to(classifier))


def test_what_was_frozen_before_is_frozen_after(make) -> None:
    model = make()
    model.unembedding.requires_grad_(False)
    remove_from(LoRA().add_to(model))
    assert [name for name, p in model.named_parameters() if not p.requires_grad] == ["unembedding.weight"]


def test_nothing_to_train(make) -> None:
    with pytest.raises(CourseError, match="nothing is left to train"):
        Method().add_to(make())


class TestAdapters:
    def test_count(self, make) -> None:
        model = Adapters(width=3).add_to(make())
        assert count_trained(model) == 2 * 2 * bottleneck_parameters(16, 3)
        one = Adapters(width=3, after=["blocks.1.feedforward"]).add_to(make())
        assert count_trained(one) == bottleneck_parameters(16, 3)

    def test_the_trace_keeps_its_names(self, make, ids) -> None:
        model = shaken(Adapters(width=3).add_to(make()), seed=1)
        with record(model, "blocks.*.output") as trace:
            model(ids)
        assert trace.names == tuple(
            f"blocks.{n}.{part}.output" for n in (0, 1) for part in ("attention", "feedforward")
        )

    @pytest.mark.parametrize("width", [0, -1, True])
    def test_bad_width(self, width) -> None:
        with pytest.raises(CourseError, match="lets nothing through"):
            Adapters(width=width)

    def test_bad_place(self, make) -> None:
        with pytest.raises(CourseError, match="no attention or feed-forward layer is called 'w_q'"):
            Adapters(after=["w_q"]).add_to(make())


class TestBitFit:
    def test_biases_that_are_there(self, make, ids) -> None:
        model = BitFit().add_to(make(bias=True))
        assert all(name.endswith(".bias") and "norm" not in name for name in trained_parameters(model))
        assert count_trained(model) == 2 * (16 + 8 + 8 + 16 + 64 + 16)
        shaken(model, seed=1)
        learned = model(ids)
        assert torch.equal(remove_from(model)(ids), learned), "they were the model's own and keep what they learned"

    def test_a_model_without(self, make) -> None:
        with pytest.raises(CourseError, match=r"blocks.0.attention.w_q has no bias to train: BitFit\(make=True\)"):
            BitFit().add_to(make())


class TestPrefix:
    def test_count(self, make) -> None:
        assert count_trained(PrefixTuning(length=5).add_to(make())) == 2 * 5 * 2 * (2 * 4)  # keys and values, layers

    def test_is_what_real_words_would_be(self, make, ids) -> None:
        """The keys and values of real words as a prefix: the model says what it says after these words."""
        model = make()
        cache = KVCache(model.config)
        model(ids[:1, :4], cache=cache)
        expected = model(ids[:1])[:, 4:]
        PrefixTuning(length=4).add_to(model)
        with torch.no_grad():
            for block, layer in zip(model.blocks, cache.layers, strict=True):
                keys, values = layer.filled()
                block.attention.prefix.keys.copy_(keys[0])
                block.attention.prefix.values.copy_(values[0])
        torch.testing.assert_close(model(ids[:1, 4:]), expected, atol=1e-5, rtol=1e-5)

    def test_word_by_word(self, make, ids) -> None:
        model = shaken(PrefixTuning(length=3).add_to(make()), seed=1)
        cache = KVCache(model.config)
        steps = [model(ids[:, i : i + 1], cache=cache) for i in range(ids.shape[1])]
        torch.testing.assert_close(torch.cat(steps, dim=1), model(ids), atol=1e-5, rtol=1e-5)

    def test_other_positions(self, make, ids) -> None:
        model = shaken(PrefixTuning(length=3).add_to(make(positions="learned")), seed=1)
        assert model(ids).isfinite().all()
        with pytest.raises(CourseError, match="needs rotary positions"):
            model(ids, cache=KVCache(model.config))
        model = PrefixTuning(length=3).add_to(make(positions="alibi"))
        with pytest.raises(CourseError, match="a bias"):
            model(ids)

    def test_an_encoder_decoder(self, make, ids) -> None:
        model = make(EncoderDecoder, n_decoder_layers=1)
        PrefixTuning(length=2).add_to(model)
        assert count_trained(model) == 3 * 2 * 2 * 8  # two layers that read, one that writes; not the cross-attention
        assert model(ids, ids).isfinite().all()

    def test_no_room(self, make) -> None:
        model = PrefixTuning(length=3).add_to(make())
        with pytest.raises(CourseError, match="the context ends at 23"):
            model(torch.ones(1, 24, dtype=torch.long))

    @pytest.mark.parametrize("length", [0, -3, False])
    def test_bad_length(self, length) -> None:
        with pytest.raises(CourseError, match="is no prefix"):
            PrefixTuning(length=length)

    def test_a_model_without_attention(self) -> None:
        with pytest.raises(CourseError, match="no self-attention"):
            PrefixTuning().add_to(torch.nn.Linear(2, 2))
