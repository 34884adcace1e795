"""Whatever is wrong with a folder: one line, and it names the thing at fault."""

import json
import re
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file, save_file

from llmcourse.corpus import BPETokenizer
from llmcourse.errors import CourseError
from llmcourse.model import GPT, ModelConfig
from llmcourse.model.hub import HubError, cached, from_pretrained, model_from_folder, save_pretrained
from llmcourse.model.hub.download import model_folder


def change_config(folder: Path, remove: str | None = None, **settings: Any) -> None:
    path = folder / "config.json"
    content = {**json.loads(path.read_text(encoding="utf-8")), **settings}
    content.pop(remove or "", None)
    path.write_text(json.dumps(content), encoding="utf-8")


def change_tensors(folder: Path, change: Callable[[dict[str, torch.Tensor]], Any]) -> None:
    tensors = load_file(folder / "model.safetensors")
    change(tensors)
    save_file(tensors, folder / "model.safetensors")


def complaint(folder: Any) -> str:
    with pytest.raises(HubError) as caught:
        model_from_folder(folder)
    assert "\n" not in str(caught.value)
    return str(caught.value)


@pytest.mark.parametrize(
    ("family", "settings", "message"),
    [
        (
            "gpt2",
            {"model_type": "mamba"},
            "model_type='mamba' is none that the course can build: it knows gpt2, bert, t5",
        ),
        ("gpt2", {"model_type": None}, "model_type=None is none"),
        ("gpt2", {"architectures": ["GPT2ForSequenceClassification"]}, "architecture 'GPT2ForSequenceClassification'"),
        ("gpt2", {"quantization_config": {"bits": 4}}, "quantization_config: these weights are squeezed"),
        ("gpt2", {"n_embd": "24"}, "n_embd='24' must be a whole number"),
        ("gpt2", {"n_embd": 25}, "d_model=25 must be a multiple of n_heads=3"),
        ("gpt2", {"activation_function": "swish"}, "activation_function='swish' is nothing this course's model can do"),
        ("gpt2", {"scale_attn_by_inverse_layer_idx": True}, "scale_attn_by_inverse_layer_idx=True"),
        ("gpt2", {"tie_word_embeddings": False}, "'lm_head.weight': its config says tie_word_embeddings=false"),
        ("bert", {"position_embedding_type": "relative_key"}, "position_embedding_type='relative_key'"),
        ("bert", {"hidden_act": "silu"}, "hidden_act='silu'"),
        ("t5", {"feed_forward_proj": "gated-tanh"}, "feed_forward_proj='gated-tanh'"),
        ("llama", {"rope_parameters": {"rope_type": "yarn", "rope_theta": 1e4, "factor": 2.0}}, "rope_type='yarn'"),
        ("llama", {"rope_parameters": {"rope_type": "llama3", "rope_theta": 1e4}}, "lacks 'factor'"),
        ("llama", {"rope_parameters": {"a": {"rope_theta": 1e4}}}, "one kind of rotation for all layers"),
        ("llama", {"rope_parameters": {"rope_theta": -1.0}}, "rope_theta=-1.0 must be a number above 0"),
        ("llama", {"hidden_act": "gelu"}, "hidden_act='gelu'"),
        ("llama", {"tie_word_embeddings": "yes"}, "tie_word_embeddings='yes' must be true or false"),
        ("qwen3", {"use_sliding_window": True}, "use_sliding_window=True"),
        ("qwen3", {"layer_types": ["full_attention", "sliding_attention"]}, "layer_types='sliding_attention'"),
        ("qwen3", {"num_hidden_layers": 3}, "the weights lack the tensor 'model.layers.2.input_layernorm.weight'"),
        ("qwen3", {"num_hidden_layers": 1}, "the file holds 'model.layers.1.input_layernorm.weight', for which"),
        ("qwen3", {"num_attention_heads": 8}, r"'model.layers.0.self_attn.q_proj.weight' has the shape \(40, 24\)"),
    ],
)
def test_settings(family: str, settings: dict[str, Any], message: str, folder_of: Any) -> None:
    folder = folder_of(family)
    change_config(folder, **settings)
    assert re.search(message, complaint(folder))


def test_a_setting_that_is_missing(folder_of: Any) -> None:
    folder = folder_of("gpt2")
    change_config(folder, remove="n_head")
    assert complaint(folder) == "config.json (gpt2) lacks 'n_head', without which the model cannot be built"


def test_tensors(folder_of: Any) -> None:
    name = "model.layers.1.mlp.up_proj.weight"
    folder = folder_of("llama")
    change_tensors(folder, lambda t: t.update({name: t[name].T.contiguous()}))
    assert complaint(folder) == f"the tensor {name!r} has the shape (24, 52), its config asks for (52, 24)"
    change_tensors(folder, lambda t: t.pop(name))
    assert complaint(folder) == f"the weights lack the tensor {name!r}"
    folder = folder_of("gpt2")
    change_tensors(folder, lambda t: t.update({"transformer.h.0.attn.c_attn.lora": torch.ones(2)}))
    assert "holds 'transformer.h.0.attn.c_attn.lora', for which a gpt2 of this config has no place" in complaint(folder)
    folder = folder_of("gpt2")
    change_tensors(folder, lambda t: t.update({"lm_head.weight": t["transformer.wte.weight"].clone()}))
    model_from_folder(folder)  # its second name is welcome
    change_tensors(folder, lambda t: t["lm_head.weight"].add_(1))
    assert "'lm_head.weight' is not the embedding" in complaint(folder)


def test_files(tmp_path: Path, folder_of: Any) -> None:
    assert "has no config.json" in complaint(tmp_path)
    folder = folder_of("gpt2")
    file, config = folder / "model.safetensors", folder / "config.json"
    whole = file.read_bytes()
    file.write_bytes(whole[:200])
    assert "is damaged, or no safetensors file" in complaint(folder)
    file.unlink()
    assert "has no weights" in complaint(folder)
    (folder / "pytorch_model.bin").write_bytes(b"\x80\x04")
    assert "pytorch_model.bin, for Python's `pickle`, which runs any program" in complaint(folder)
    for text, message in (("{", "is damaged: it is no JSON"), ("[]", "holds a list"), ("[" * 100_000, "damaged")):
        config.write_text(text, encoding="utf-8")
        assert message in complaint(folder)


def test_shards_that_do_not_fit(folder_of: Any) -> None:
    folder = folder_of("llama", max_shard_size="8KB")
    index = folder / "model.safetensors.index.json"
    home = json.loads(index.read_text(encoding="utf-8"))["weight_map"]

    def with_home(**changed: Any) -> str:
        index.write_text(json.dumps({"weight_map": {**home, **changed}}), encoding="utf-8")
        return complaint(folder)

    first, other = sorted(set(home.values()))[:2]
    name = next(name for name in home if home[name] == first)
    assert f"{name!r} is in {other}, and it is not there" in with_home(**{name: other})
    assert "names '../model.safetensors', which is no safetensors file" in with_home(**{name: "../model.safetensors"})
    assert "does not say which tensor is where" in with_home(**{name: 3})
    index.write_text(json.dumps({"weight_map": home}), encoding="utf-8")
    (folder / first).unlink()
    assert f"lacks {first}, which model.safetensors.index.json names" in complaint(folder)


def test_names(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HF_HUB_CACHE", str(tmp_path))
    for name in (tmp_path / "none", "./none", "/no/such/folder", "a/b/c", "what?"):
        with pytest.raises(HubError, match="there is no folder"):
            model_folder(name)
    import huggingface_hub

    def unreachable(*args: Any, local_files_only: bool = False, **rest: Any) -> str:
        error: Any = huggingface_hub.errors.LocalEntryNotFoundError if local_files_only else OSError
        raise error("no network")

    monkeypatch.setattr(huggingface_hub, "snapshot_download", unreachable)
    with pytest.raises(HubError, match=r"'gpt2' is not on this machine and cannot be fetched \(OSError\): connect"):
        from_pretrained("gpt2")


def test_a_model_in_the_cache_needs_no_network(folder_of: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    import huggingface_hub

    folder = folder_of("gpt2")
    (folder / "tokenizer.json").write_text("{}", encoding="utf-8")

    def only_local(*args: Any, local_files_only: bool = False, **rest: Any) -> str:
        assert local_files_only, "the network was asked"
        return str(folder)

    monkeypatch.setattr(huggingface_hub, "snapshot_download", only_local)
    assert model_folder("gpt2") == folder


def test_a_real_cache(tmp_path: Path, folder_of: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """The Hub's own cache, as it lies on a disk: a model that was fetched before is found by its name, offline."""
    import huggingface_hub

    commit = "0123456789012345678901234567890123456789"
    home = tmp_path / "hub" / "models--course--tiny"
    shutil.copytree(folder_of("gpt2"), home / "snapshots" / commit)
    (home / "refs").mkdir()
    (home / "refs" / "main").write_text(commit, encoding="utf-8")
    BPETokenizer.train(["a b"], 270).save(home / "snapshots" / commit / "tokenizer.json")
    monkeypatch.setattr(huggingface_hub.constants, "HF_HUB_CACHE", str(tmp_path / "hub"))
    model, tokenizer = from_pretrained("course/tiny")
    assert model.config.vocab_size == 61
    assert tokenizer.decode(tokenizer.encode("a b")) == "a b"
    assert cached("course/other") is None


def test_no_tokenizer(folder_of: Any) -> None:
    folder = folder_of("gpt2")
    with pytest.raises(HubError, match=r"has no tokenizer.json"):
        from_pretrained(folder)
    (folder / "tokenizer.json").write_text("{}", encoding="utf-8")
    with pytest.raises(CourseError, match="not a saved tokenizer"):
        from_pretrained(folder)


@pytest.mark.parametrize(
    ("settings", "model_type", "message"),
    [
        ({"positions": "alibi"}, "llama", "cannot be written as Llama: its positions is 'alibi', and must be 'rotary'"),
        ({"activation": "gelu"}, "llama", "its activation is 'gelu', and must be 'swiglu' or 'geglu'"),
        ({}, "bert", "a GPT cannot be written as bert"),
        ({}, "rnn", "model_type='rnn' is unknown"),
        ({"positions": "none"}, None, "no family can hold this model: .*its positions is 'none'"),
    ],
)
def test_what_cannot_be_saved(settings: dict[str, Any], model_type: Any, message: str, tmp_path: Path) -> None:
    model = GPT(ModelConfig(vocab_size=9, d_model=16, **settings))
    with pytest.raises(HubError, match=message):
        save_pretrained(tmp_path, model, model_type=model_type)
    assert not list(tmp_path.iterdir())


def test_a_type_that_is_none(folder_of: Any) -> None:
    with pytest.raises(HubError, match=r"dtype='float32' must be a type of PyTorch's, such as torch.bfloat16"):
        model_from_folder(folder_of("gpt2"), dtype="float32")


def test_a_loaded_model_does_not_hang_on_its_file(folder_of: Any) -> None:
    folder = folder_of("gpt2")
    model = model_from_folder(folder)
    before = [parameter.clone() for parameter in model.parameters()]
    file = folder / "model.safetensors"
    file.write_bytes(b"\0" * file.stat().st_size)
    assert all(torch.equal(a, b) for a, b in zip(before, model.parameters(), strict=True))


def test_a_context_of_ones_own(folder_of: Any) -> None:
    assert model_from_folder(folder_of("llama"), context=7).config.context == 7
    with pytest.raises(HubError, match="has learned 40 positions"):
        model_from_folder(folder_of("gpt2"), context=7)
