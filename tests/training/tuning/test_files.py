import json

import pytest
import torch
from safetensors.torch import save_file

from llmcourse.corpus import WordTokenizer
from llmcourse.errors import CourseError
from llmcourse.model import BERT, GPT, save_model
from llmcourse.training.tuning import (
    AdapterError,
    Adapters,
    BitFit,
    LoRA,
    Method,
    PrefixTuning,
    load_adapter,
    merge,
    method_of,
    remove_from,
    save_adapter,
    unmerge,
)

from .conftest import shaken

METHODS = [
    LoRA(rank=2, alpha=3, targets=["w_q", "down"], also=["unembedding"]),
    Adapters(width=3, after=["attention"]),
    PrefixTuning(length=2),
    BitFit(make=True, targets=["up"]),
    Method(also=["blocks.1"]),
]


@pytest.mark.parametrize("method", METHODS, ids=lambda method: method.name)
@pytest.mark.parametrize("family", [GPT, BERT])
def test_there_and_back(family, method, make, ids, tmp_path) -> None:
    tuned = shaken(method.add_to(make(family)), seed=1)
    save_adapter(tmp_path / "a", tuned, accuracy=0.5, words=["a"])
    fresh = make(family)
    state = torch.get_rng_state()
    assert load_adapter(tmp_path / "a", fresh) == {"accuracy": 0.5, "words": ["a"]}
    assert torch.equal(torch.get_rng_state(), state)
    assert torch.equal(fresh(ids), tuned(ids))
    save_adapter(tmp_path / "b", fresh, accuracy=0.5, words=["a"])
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()


def test_only_what_was_trained_is_written(make, tmp_path) -> None:
    model = LoRA(rank=1, targets=["w_q"]).add_to(make(d_model=64))
    save_adapter(tmp_path / "a", model)
    assert (tmp_path / "a").stat().st_size < 4 * 2 * (64 + 64) + 2000


def test_one_model_many_adapters(make, ids, tmp_path) -> None:
    said = {}
    for number, method in enumerate(METHODS):
        model = shaken(method.add_to(make()), seed=number)
        save_adapter(tmp_path / method.name, model)
        said[method.name] = model(ids)
    model = make()
    for name in ("lora", "adapters", "prefix", "bitfit", "adapters"):
        load_adapter(tmp_path / name, model)
        # LoRA trained the unembedding in place: only a model that still has the old one fits the others
        if name == "lora":
            with torch.no_grad():
                remove_from(model).unembedding.weight.copy_(make().unembedding.weight)
            continue
        assert torch.equal(model(ids), said[name])


def test_after_merging_and_unmerging_the_base_is_still_itself(make, ids, tmp_path) -> None:
    model = shaken(LoRA(rank=2).add_to(make()), seed=1)
    save_adapter(tmp_path / "a", model)
    said = model(ids)
    with pytest.raises(AdapterError, match="unmerge"):
        save_adapter(tmp_path / "b", merge(model))
    load_adapter(tmp_path / "a", model)  # merged or not: what is there is taken out first
    assert torch.equal(model(ids), said)
    load_adapter(tmp_path / "a", unmerge(merge(model)))
    assert torch.equal(model(ids), said)


@pytest.mark.parametrize(
    "other",
    [{"seed": 7}, {"d_model": 32}, {"n_layers": 1}, {"n_layers": 3}, {"bias": True}, {"family": BERT}],
    ids=str,
)
def test_an_adapter_for_another_model(other, make, ids, tmp_path) -> None:
    save_adapter(tmp_path / "a", LoRA(rank=2, targets=["blocks.1.*"]).add_to(make()))
    model = make(**other)
    plain = model(ids)
    with pytest.raises(AdapterError, match="was trained on another model than this one") as error:
        load_adapter(tmp_path / "a", model)
    assert "\n" not in str(error.value)
    assert method_of(model) is None
    assert torch.equal(model(ids), plain)


def test_one_changed_weight_is_another_model(make, tmp_path) -> None:
    save_adapter(tmp_path / "a", LoRA(rank=2).add_to(make()))
    model = make()
    with torch.no_grad():
        model.token_embedding.weight[3, 3] += 1e-6
    with pytest.raises(AdapterError, match="another model"):
        load_adapter(tmp_path / "a", model)


def test_other_files(make, tmp_path) -> None:
    model = make()
    with pytest.raises(AdapterError, match="there is no adapter"):
        load_adapter(tmp_path / "nothing", model)
    (tmp_path / "text").write_text("Mia lost her ring.")
    with pytest.raises(AdapterError, match="damaged, or no safetensors file"):
        load_adapter(tmp_path / "text", model)
    save_file({"a": torch.zeros(2)}, tmp_path / "other")
    with pytest.raises(AdapterError, match="no adapter of this course"):
        load_adapter(tmp_path / "other", model)
    save_model(tmp_path / "model", GPT(model.config), WordTokenizer([f"w{n}" for n in range(19)]))
    with pytest.raises(AdapterError, match="read it with load_model"):
        load_adapter(tmp_path / "model", model)
    with pytest.raises(AdapterError, match="nothing was added"):
        save_adapter(tmp_path / "a", model)
    with pytest.raises(CourseError, match="cannot write"):
        save_adapter(tmp_path, LoRA(rank=1).add_to(model))


@pytest.mark.parametrize("about", ["{", "[]", "{}", json.dumps({"version": 1, "method": "lora", "digest": "?"})])
def test_damage(about, make, tmp_path) -> None:
    save_file({"a": torch.zeros(2)}, tmp_path / "a", metadata={"llmcourse-adapter": about})
    with pytest.raises(AdapterError, match="damaged"):
        load_adapter(tmp_path / "a", make())


def test_a_flipped_bit_and_a_newer_format(make, tmp_path) -> None:
    file = tmp_path / "a"
    save_adapter(file, shaken(LoRA(rank=2).add_to(make()), seed=1))
    content = bytearray(file.read_bytes())
    content[-5] ^= 1
    file.write_bytes(content)
    with pytest.raises(AdapterError, match="damaged"):
        load_adapter(file, make())
    save_file({}, file, metadata={"llmcourse-adapter": json.dumps({"version": 2, "method": "lora"})})
    with pytest.raises(AdapterError, match="newer llmcourse"):
        load_adapter(file, make())
