"""The proof: the same weights, in the library's modules and in ours, give the same at every step. And the way back."""

import json
import warnings
from pathlib import Path
from typing import Any

import pytest
import torch

from llmcourse.analysis.hub_samples import SAMPLES, random_theirs, write_theirs
from llmcourse.analysis.parity import farthest, largest_differences, same_text
from llmcourse.model.hub import model_from_folder, save_pretrained

ALL = [(family, sample) for family, samples in SAMPLES.items() for sample in range(len(samples))]


def ids_for(settings: dict[str, Any], seed: int, padded: bool = True) -> torch.Tensor:
    ids = torch.randint(1, settings["vocab_size"], (2, 24), generator=torch.Generator().manual_seed(seed))
    if padded:
        ids[1, 17:] = 0
    return ids


@pytest.mark.filterwarnings("ignore:the file holds no model.pooler")
@pytest.mark.parametrize(("family", "sample"), ALL)
def test_ours_is_theirs_and_theirs_is_ours(family: str, sample: int, tmp_path: Path) -> None:
    settings = SAMPLES[family][sample]
    theirs = random_theirs(family, settings, seed=sample)
    ours = model_from_folder(write_theirs(tmp_path / "theirs", theirs))
    ids = ids_for(settings, sample)
    assert ours(*(ids, ids) if family == "t5" else (ids,)).std() > 0.2
    for what, difference in largest_differences(ours, theirs, ids).items():
        assert difference < 1e-5, what
    assert same_text(ours, theirs, ids_for(settings, sample, padded=False))

    save_pretrained(tmp_path / "ours", ours)
    back = type(theirs).from_pretrained(str(tmp_path / "ours"), attn_implementation="eager")
    assert max(largest_differences(ours, back, ids).values()) < 1e-5
    again = model_from_folder(tmp_path / "ours")
    assert again.config == ours.config
    assert all(torch.equal(a, b) for a, b in zip(again.parameters(), ours.parameters(), strict=True))


@pytest.mark.parametrize("family", ["gpt2", "llama", "t5"])
def test_shards(family: str, tmp_path: Path) -> None:
    theirs = random_theirs(family, SAMPLES[family][0])
    whole = model_from_folder(write_theirs(tmp_path / "whole", theirs))
    write_theirs(tmp_path / "shards", theirs, max_shard_size="8KB")
    assert len(list((tmp_path / "shards").glob("model-*.safetensors"))) > 2
    save_pretrained(tmp_path / "ours", whole, shard_bytes=8_000)
    assert len(list((tmp_path / "ours").glob("model-*.safetensors"))) > 2
    for folder in ("shards", "ours"):
        again = model_from_folder(tmp_path / folder)
        assert all(torch.equal(a, b) for a, b in zip(again.parameters(), whole.parameters(), strict=True))
    save_pretrained(tmp_path / "ours", whole)  # no old shard is left behind
    assert [file.name for file in (tmp_path / "ours").glob("model*")] == ["model.safetensors"]
    back = type(theirs).from_pretrained(str(tmp_path / "shards"))
    assert torch.equal(next(back.parameters()), next(theirs.parameters()))


@pytest.mark.parametrize("family", ["llama", "gpt2"])
def test_half_precision(family: str, tmp_path: Path) -> None:
    """A bfloat16 file is read exactly into float32; kept as it is, it computes what the library computes, roughly."""
    theirs = random_theirs(family, SAMPLES[family][0]).to(torch.bfloat16)
    folder = write_theirs(tmp_path, theirs)
    wide, half = model_from_folder(folder), model_from_folder(folder, dtype="auto")
    assert {p.dtype for p in wide.parameters()} == {torch.float32}
    assert {t.dtype for t in half.state_dict().values()} == {torch.bfloat16}
    assert {b.dtype for b in half.buffers()} <= {torch.bfloat16}
    ids = ids_for(SAMPLES[family][0], 0, padded=False)
    # Read anew: in `theirs`, the speeds of the rotations were rounded as well.
    their = [type(theirs).from_pretrained(str(folder), dtype=dtype, attn_implementation="eager")
             for dtype in (torch.float32, torch.bfloat16)]  # fmt: skip
    assert max(largest_differences(wide, their[0], ids).values()) < 1e-5
    rounding = (their[1](ids).logits - their[0](ids).logits).abs().max()
    assert (half(ids) - their[1](ids).logits).abs().max() < 2 * rounding
    assert {p.dtype for p in model_from_folder(folder, dtype=torch.float64).parameters()} == {torch.float64}


def test_tied_is_one_matrix(folder_of: Any) -> None:
    tied, untied = model_from_folder(folder_of("llama", 0)), model_from_folder(folder_of("llama", 1))
    assert tied.unembedding.weight is tied.token_embedding.weight
    assert untied.unembedding.weight is not untied.token_embedding.weight
    assert "unembedding.weight" not in dict(tied.named_parameters())


def test_old_spellings_of_a_config(folder_of: Any) -> None:
    """Repositories from before 2026 have `rope_theta` and `rope_scaling`, with `type` or `rope_type`."""
    folder = folder_of("llama", 1)
    expected = model_from_folder(folder)
    settings = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    rope = settings.pop("rope_parameters")
    settings["rope_theta"] = rope.pop("rope_theta")
    for spelling in ("rope_type", "type"):
        settings["rope_scaling"] = {**{k: v for k, v in rope.items() if k != "rope_type"}, spelling: "llama3"}
        (folder / "config.json").write_text(json.dumps(settings), encoding="utf-8")
        assert model_from_folder(folder).config == expected.config
    settings["rope_scaling"] = None
    (folder / "config.json").write_text(json.dumps(settings), encoding="utf-8")
    assert model_from_folder(folder).config.rope_scaling is None


def test_old_names_of_tensors(tmp_path: Path) -> None:
    """GPT-2's own file has no prefix, and carries its masks along; BERT's calls the scales of its norms gamma."""
    from safetensors.torch import load_file, save_file

    for family in ("gpt2", "bert"):
        folder = write_theirs(tmp_path / family, random_theirs(family, SAMPLES[family][0]))
        file = folder / "model.safetensors"
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            expected = model_from_folder(folder)
            tensors = load_file(file)
            if family == "gpt2":
                tensors = {name.removeprefix("transformer."): tensor for name, tensor in tensors.items()}
                tensors["h.0.attn.bias"] = torch.ones(1, 1, 40, 40)
            else:
                for new, old in (("LayerNorm.weight", "LayerNorm.gamma"), ("LayerNorm.bias", "LayerNorm.beta")):
                    tensors = {name.replace(new, old): tensor for name, tensor in tensors.items()}
                tensors["cls.seq_relationship.weight"] = torch.ones(2, 24)
                tensors["bert.pooler.dense.weight"], tensors["bert.pooler.dense.bias"] = torch.eye(24), torch.ones(24)
            save_file(tensors, file)
            found = model_from_folder(folder)
        pairs = {name: parameter for name, parameter in found.named_parameters() if "pooler" not in name}
        assert all(torch.equal(parameter, dict(expected.named_parameters())[name]) for name, parameter in pairs.items())
        if family == "bert":
            assert torch.equal(found.pooler.weight, torch.eye(24))


def test_a_bare_model_gets_new_heads_and_says_so(tmp_path: Path) -> None:
    import transformers

    theirs = random_theirs("bert", SAMPLES["bert"][0])
    bare = transformers.BertModel(theirs.config).eval()
    bare.save_pretrained(str(tmp_path))
    with pytest.warns(UserWarning, match=r"holds no model.head and model.unembedding: new weights"):
        ours = model_from_folder(tmp_path)
    ids = ids_for(SAMPLES["bert"][0], 0, padded=False)
    expected = bare(ids)
    torch.testing.assert_close(ours.encode(ids), expected.last_hidden_state, atol=1e-5, rtol=1e-5)
    torch.testing.assert_close(ours.pool(ours.encode(ids)), expected.pooler_output, atol=1e-5, rtol=1e-5)
    assert ours(ids).isfinite().all()


def test_nan_is_no_agreement() -> None:
    bad, good = torch.tensor([[0.0, float("nan")]]), torch.zeros(1, 2)
    assert not farthest([(good, good), (bad, good), (good, good)], None) < 1e-5
    assert farthest([(good, good + 2)], None) == 2


def test_one_wrong_number_is_seen(folder_of: Any) -> None:
    """The proof itself: a single weight of a single layer, changed a little, is no parity any more."""
    theirs = random_theirs("qwen3", SAMPLES["qwen3"][0])
    ours = model_from_folder(folder_of("qwen3", 0))
    with torch.no_grad():
        ours.blocks[1].attention.k_norm.weight[3] += 0.01
    assert largest_differences(ours, theirs, ids_for(SAMPLES["qwen3"][0], 0))["logits"] > 1e-5
