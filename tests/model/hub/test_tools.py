"""All that the course does with its own models, it does with these: look, tune, write, fine-tune, save."""

import warnings
from pathlib import Path
from typing import Any

import pytest
import torch

from llmcourse.analysis.hub_samples import SAMPLES, random_theirs, write_theirs
from llmcourse.analysis.logit_lens import logit_lens
from llmcourse.corpus import WordTokenizer
from llmcourse.inference import generate, next_token_probabilities, sample_text
from llmcourse.inference.seq2seq import generate_answer
from llmcourse.model import SequenceClassifier, load_model, pretrained, record, save_model
from llmcourse.model.hub import from_pretrained, model_from_folder, save_pretrained
from llmcourse.training.tuning import LoRA, lora_layers, lora_parameters, merge, trained_parameters
from llmcourse.viz.attention import head_view

WORDS = ["the", "ring", "is", "lost", "near", "old", "mill", "and", "a", "dog", "found", "it", "under", "stone", "by"]
DECODERS = ["gpt2", "llama", "qwen3"]


@pytest.fixture
def loaded(tmp_path: Path) -> Any:
    def load(family: str) -> tuple[Any, Any]:
        """A random model whose words are WORDS, through a folder."""
        tokenizer = WordTokenizer(WORDS)
        settings = {**SAMPLES[family][0], "vocab_size": tokenizer.vocab_size}
        folder = write_theirs(tmp_path / family, random_theirs(family, settings))
        tokenizer.save(folder / "tokenizer.json")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            return from_pretrained(folder)

    return load


@pytest.mark.parametrize("family", DECODERS)
def test_look_and_write(family: str, loaded: Any) -> None:
    model, tokenizer = loaded(family)
    text = "the dog found a ring"
    ids = torch.tensor([tokenizer.encode(text, bos=True)])
    with record(model, "blocks.*.attention.weights") as trace:
        model(ids)
    assert len(trace) == model.config.n_layers
    assert "png" in str(head_view(model, tokenizer, text)._repr_mimebundle_())
    torch.testing.assert_close(logit_lens(model, ids)[-1], model(ids))
    assert torch.equal(generate(model, ids, 9), generate(model, ids, 9, use_cache=False))
    assert sample_text(model, tokenizer, text, temperature=0, max_new_tokens=3).startswith(text)
    assert sum(next_token_probabilities(model, tokenizer, text).values()) == pytest.approx(1, abs=1e-4)


@pytest.mark.parametrize("family", [*DECODERS, "bert", "t5"])
def test_lora_learns_and_merges(family: str, loaded: Any) -> None:
    model, _ = loaded(family)
    ids = torch.randint(3, 18, (2, 6), generator=torch.Generator().manual_seed(0))
    inputs = (ids, ids) if family == "t5" else (ids,)
    torch.manual_seed(0)
    LoRA(rank=2, targets=["w_q", "w_v"]).add_to(model)
    assert len(lora_layers(model)) > 0
    trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
    optimizer = torch.optim.Adam(trained, lr=0.01)
    losses = []
    for _ in range(8):
        loss = torch.nn.functional.cross_entropy(model(*inputs).flatten(0, 1), ids.flatten())
        optimizer.zero_grad()
        loss.backward()
        optimizer.step()
        losses.append(loss.item())
    assert losses[-1] < losses[0]
    before = model(*inputs)
    merge(model)
    torch.testing.assert_close(model(*inputs), before, atol=1e-4, rtol=1e-4)


@pytest.mark.parametrize("family", ["bert", "llama"])
def test_a_new_head(family: str, loaded: Any) -> None:
    model, tokenizer = loaded(family)
    classifier = SequenceClassifier(model, 2)
    ids = torch.tensor([tokenizer.encode("the dog found it", bos=True)])
    optimizer = torch.optim.SGD(classifier.parameters(), lr=0.1)
    for _ in range(2):  # the head begins at zero, and lets nothing back in the first step
        loss = torch.nn.functional.cross_entropy(classifier(ids), torch.tensor([1]))
        loss.backward()
        optimizer.step()
    assert model.blocks[0].attention.w_q.weight.grad.abs().sum() > 0


def test_lora_is_counted_where_heads_are_wider_than_the_stream(loaded: Any) -> None:
    model, _ = loaded("qwen3")
    predicted = lora_parameters(model.config, rank=3)
    LoRA(rank=3).add_to(model)
    assert sum(parameter.numel() for parameter in trained_parameters(model).values()) == predicted


def test_an_answer(loaded: Any) -> None:
    model, tokenizer = loaded("t5")
    source = torch.tensor([tokenizer.encode("the dog found it"), [*tokenizer.encode("it is"), 0, 0]])
    cached = generate_answer(model, source, 5, start_id=0)
    assert torch.equal(cached, generate_answer(model, source, 5, start_id=0, use_cache=False))


def test_our_own_file_holds_one(tmp_path: Path, loaded: Any) -> None:
    """A loaded model is a model of the course: its checkpoints hold it, settings and all."""
    model, tokenizer = loaded("qwen3")
    save_model(tmp_path / "m.safetensors", model, tokenizer)
    again, _ = load_model(tmp_path / "m.safetensors")
    ids = torch.tensor([[1, 5, 6]])
    assert again.config == model.config
    assert torch.equal(again(ids), model(ids))


def test_our_own_model_as_a_qwen3(tmp_path: Path) -> None:
    """gpt-world has relu(u)², which no family of the library has; relu(u) · u, a gate, is the same."""
    import transformers

    model, tokenizer = pretrained("gpt-world")
    save_pretrained(tmp_path, model, tokenizer)
    theirs = transformers.AutoModelForCausalLM.from_pretrained(str(tmp_path)).eval()
    assert type(theirs).__name__ == "Qwen3ForCausalLM"
    text = "Mia lost her golden ring. She was sad"
    ids = torch.tensor([tokenizer.encode(text, bos=True)])
    torch.testing.assert_close(theirs(ids).logits, model(ids), atol=1e-4, rtol=1e-5)
    again, words = from_pretrained(tmp_path)
    torch.testing.assert_close(again(ids), model(ids), atol=1e-4, rtol=1e-5)
    assert again.config.activation == "reglu"
    assert words.encode(text, bos=True) == ids[0].tolist()
    their_words = transformers.AutoTokenizer.from_pretrained(str(tmp_path))
    assert their_words.encode(text, add_special_tokens=False) == ids[0, 1:].tolist()
    assert (their_words.pad_token, their_words.bos_token, their_words.eos_token) == ("<pad>", "<bos>", "<eos>")
    assert theirs.config.eos_token_id == words.eos_id


def test_a_long_context_is_cut_to_what_fits(tmp_path: Path) -> None:
    settings = {**SAMPLES["llama"][0], "max_position_embeddings": 131_072}
    folder = write_theirs(tmp_path, random_theirs("llama", settings))
    assert model_from_folder(folder).config.context == 4096
    assert model_from_folder(folder, context=5000).config.context == 5000
