import copy
import runpy
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from llmcourse.errors import CourseError
from llmcourse.model import BERT, GPT, ModelConfig
from llmcourse.model.published import GPT2_SMALL
from llmcourse.training.finetuning import count_trained
from llmcourse.training.tuning import (
    LoRA,
    LoRALinear,
    lora_layers,
    lora_linear,
    lora_parameters,
    merge,
    merge_for_good,
    merged_weight,
    remove_from,
    trained_parameters,
    unmerge,
)

from .conftest import shaken

sizes = st.integers(1, 9)


@given(n_in=sizes, n_out=sizes, rank=sizes, alpha=st.floats(0.1, 50), bias=st.booleans(), seed=st.integers(0, 99))
def test_merged_is_the_same(n_in: int, n_out: int, rank: int, alpha: float, bias: bool, seed: int) -> None:
    torch.manual_seed(seed)
    layer = nn.Linear(n_in, n_out, bias=bias).double()
    before = layer.weight.detach().clone()
    lora = LoRALinear(layer, rank, alpha)
    x = torch.randn(2, 5, n_in).double()
    assert torch.equal(lora(x), layer(x)), "at first it says what it always said"
    nn.init.normal_(lora.lora_b)
    expected = lora(x)
    assert not torch.allclose(expected, layer(x))
    lora.merge()
    lora.merge()
    torch.testing.assert_close(lora(x), expected, atol=1e-9, rtol=1e-9)
    torch.testing.assert_close(layer(x), expected, atol=1e-9, rtol=1e-9)  # the layer's own weight is the merged one
    lora.unmerge()
    lora.unmerge()
    assert torch.equal(layer.weight, before)
    assert torch.equal(lora(x), expected)


def test_by_hand() -> None:
    x, weight = torch.tensor([1.0, 2.0]), torch.tensor([[1.0, 0.0], [0.0, 1.0]])
    a, b = torch.tensor([[1.0, 1.0]]), torch.tensor([[2.0], [-1.0]])
    assert lora_linear(x, weight, a, b, alpha=2).tolist() == [13.0, -4.0]  # x + 2 · 3 · (2, -1)
    assert merged_weight(weight, a, b, alpha=2).tolist() == [[5.0, 4.0], [-2.0, -1.0]]


@pytest.mark.parametrize("family", [GPT, BERT])
def test_a_whole_model_merges_and_unmerges(family, make, ids) -> None:
    model = make(family)
    plain, before = model(ids), copy.deepcopy(model.state_dict())
    shaken(LoRA(rank=3, targets=["*"]).add_to(model), seed=1)
    tuned = model(ids)
    assert (tuned - plain).abs().max() > 0.1
    torch.testing.assert_close(merge(model)(ids), tuned, atol=1e-6 * tuned.abs().max().item(), rtol=0)
    torch.testing.assert_close(unmerge(model)(ids), tuned, atol=0, rtol=0)
    merge(model)
    remove_from(model)
    assert not lora_layers(model)
    assert model.state_dict().keys() == before.keys()
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items()), "bit for bit"
    assert torch.equal(model(ids), plain)
    assert all(parameter.requires_grad for parameter in model.parameters())


def test_merging_for_good_leaves_an_ordinary_model(make, ids) -> None:
    model = shaken(LoRA(rank=2).add_to(make()), seed=1)
    tuned, names = model(ids), make().state_dict().keys()
    merge_for_good(model)
    assert model.state_dict().keys() == names
    torch.testing.assert_close(model(ids), tuned, atol=1e-5, rtol=1e-5)
    LoRA(rank=2).add_to(model)  # and another one may come


def test_only_lora_learns_and_b_first(make, ids) -> None:
    """With B at zero no gradient reaches A: the first step moves B alone."""
    model = LoRA(rank=2).add_to(make())
    before = {name: p.detach().clone() for name, p in model.named_parameters()}
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.1, weight_decay=0)
    for step in range(2):
        model(ids).logsumexp(-1).sum().backward()
        for name, parameter in trained_parameters(model).items():
            moves = parameter.grad.abs().max() > 0
            assert moves == (step == 1 or name.endswith("lora_b")), name
        optimizer.step()
        optimizer.zero_grad()
    changed = {name for name, p in model.named_parameters() if not torch.equal(p, before[name])}
    assert changed == trained_parameters(model).keys()
    assert all("lora_" in name for name in changed)


def test_the_parameters_stay_the_same_objects_and_names(make) -> None:
    model = make()
    before = dict(model.named_parameters())
    LoRA(rank=2).add_to(model)
    after = dict(model.named_parameters())
    assert all(after[name] is parameter for name, parameter in before.items())


def test_the_published_count() -> None:
    """Rank 16 on every linear layer of GPT-2 small with a head of two classes; the head is one of the layers."""
    with torch.device("meta"):
        model = nn.ModuleDict({"backbone": GPT(GPT2_SMALL), "head": nn.Linear(768, 2)})
    assert sum(parameter.numel() for parameter in model.parameters()) == 124_441_346
    LoRA(rank=16, targets=["blocks.*", "head"]).add_to(model)
    assert count_trained(model) == lora_parameters(GPT2_SMALL, 16, n_classes=2) == 2_666_528
    assert len(lora_layers(model)) == 12 * 6 + 1


@given(st.sampled_from(["gelu", "swiglu"]), st.sampled_from([1, 2, 4]), st.integers(1, 9), st.sampled_from([None, 24]))
def test_the_formula_counts_what_is_there(activation: str, kv_heads: int, rank: int, d_ff: int | None) -> None:
    config = ModelConfig(9, d_model=16, n_layers=2, n_heads=4, n_kv_heads=kv_heads, activation=activation, d_ff=d_ff)
    assert count_trained(LoRA(rank=rank).add_to(GPT(config))) == lora_parameters(config, rank)


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"rank": 0}, "rank=0 leaves nothing to train"),
        ({"rank": True}, "rank=True leaves nothing"),
        ({"rank": -2}, "rank=-2"),
        ({"alpha": 0}, "alpha=0 would silence"),
        ({"targets": ["w_z"]}, "no linear layer is called 'w_z'; near to it: w_"),
        ({"targets": ["blocks.9.*"]}, "no linear layer is called 'blocks.9.*'"),
        ({"targets": "w_q"}, r"write \['w_q'\] and not 'w_q'"),
        ({"also": ["tail"]}, "no part is called 'tail'"),
    ],
)
def test_one_clear_line(make, ids, settings, message) -> None:
    model = make()
    expected = model(ids)
    with pytest.raises(CourseError, match=message) as error:
        LoRA(**settings).add_to(model)
    assert "\n" not in str(error.value)
    assert torch.equal(model(ids), expected)
    assert all(parameter.requires_grad for parameter in model.parameters()), "the model is as it was"


def test_a_matrix_that_is_used_twice_is_left_alone(make) -> None:
    model = make(tie_embeddings=True)
    with pytest.raises(CourseError, match="unembedding shares its matrix with token_embedding"):
        LoRA(targets=["*"]).add_to(model)
    LoRA().add_to(model)


def test_twice_is_once_too_often(make) -> None:
    model = LoRA().add_to(make())
    with pytest.raises(CourseError, match="already"):
        LoRA().add_to(model)
    with pytest.raises(CourseError, match="nothing to remove"):
        remove_from(make())


def test_peft_makes_the_same_of_the_same_weights(make, ids) -> None:
    """The library's LoRA put into our model, and into theirs."""
    peft = pytest.importorskip("peft")
    for seed, (rank, alpha) in enumerate([(1, 2), (4, 8), (16, 4)]):
        theirs, ours = make(bias=True), make(bias=True)
        settings = peft.LoraConfig(r=rank, lora_alpha=alpha, target_modules=["w_q", "w_v", "up", "down"])
        peft.inject_adapter_in_model(settings, theirs)
        with torch.no_grad():
            for name, parameter in theirs.named_parameters():
                if "lora_" in name:
                    parameter.copy_(torch.randn_like(parameter))
        LoRA(rank=rank, alpha=alpha, targets=["w_q", "w_v", "up", "down"]).add_to(ours)
        assert count_trained(ours) == count_trained(theirs)
        others = dict(theirs.named_parameters())
        with torch.no_grad():
            for name, layer in lora_layers(ours).items():
                layer.lora_a.copy_(others[f"{name}.lora_A.default.weight"])
                layer.lora_b.copy_(others[f"{name}.lora_B.default.weight"])
        expected = theirs(ids)
        assert (expected - make(bias=True)(ids)).abs().max() > 0.1, seed
        torch.testing.assert_close(ours(ids), expected, atol=1e-5, rtol=1e-5)


def test_peft_around_transformers_bert_makes_the_same() -> None:
    """Neither the model nor the LoRA is ours on the one side, both are on the other."""
    peft, transformers = pytest.importorskip("peft"), pytest.importorskip("transformers")
    helpers = runpy.run_path(str(Path(__file__).parents[2] / "model" / "theirs.py"))

    hf = transformers.BertConfig(vocab_size=50, hidden_size=32, num_hidden_layers=2, num_attention_heads=4,
                                 intermediate_size=64, max_position_embeddings=20)  # fmt: skip
    theirs = transformers.BertForMaskedLM(hf).eval()
    helpers["enlarge"](theirs, 0)
    config = ModelConfig(vocab_size=50, context=20, d_model=32, n_layers=2, n_heads=4, d_ff=64, positions="learned",
                         norm="layernorm", norm_position="post", norm_eps=1e-12, bias=True, tie_embeddings=True,
                         n_segments=2, embedding_norm=True)  # fmt: skip
    ours = BERT(config).eval()
    helpers["copy_bert"](ours, theirs)
    settings = peft.LoraConfig(r=4, lora_alpha=8, target_modules=["query", "value", "intermediate.dense"])
    wrapped = peft.get_peft_model(theirs, settings).eval()
    shaken(LoRA(rank=4, alpha=8, targets=["w_q", "w_v", "up"]).add_to(ours), seed=3)
    places = {"w_q": "attention.self.query", "w_v": "attention.self.value", "up": "intermediate.dense"}
    with torch.no_grad():
        for name, layer in lora_layers(ours).items():
            number, last = name.split(".")[1], name.rpartition(".")[2]
            other = wrapped.base_model.model.bert.encoder.layer[int(number)].get_submodule(places[last])
            other.lora_A["default"].weight.copy_(layer.lora_a)
            other.lora_B["default"].weight.copy_(layer.lora_b)
    text = torch.randint(1, 50, (3, 12), generator=torch.Generator().manual_seed(0))
    torch.testing.assert_close(ours(text), wrapped(text).logits, atol=1e-5, rtol=1e-4)
    torch.testing.assert_close(merge(ours)(text), wrapped.merge_and_unload()(text).logits, atol=1e-5, rtol=1e-4)
