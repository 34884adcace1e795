"""Neurons that were put in by hand are found, read and silenced."""

import pytest
import torch

from llmcourse.analysis.neurons import (
    clarity,
    neuron_activity,
    set_neurons,
    written_scores,
    written_words,
)
from llmcourse.corpus import WordTokenizer
from llmcourse.corpus.world import World
from llmcourse.errors import CourseError
from llmcourse.model import GPT, ModelConfig, record

TEXTS = [story.text for story in World().stories(3, seed=1)]


@pytest.fixture(scope="module")
def tokenizer() -> WordTokenizer:
    return WordTokenizer.for_world(World())


@pytest.fixture(scope="module")
def model(tokenizer: WordTokenizer) -> GPT:
    config = ModelConfig(tokenizer.vocab_size, d_model=32, n_layers=2, n_heads=2, activation="relu")
    return GPT(config).initialize(seed=0).eval()


def test_activity_has_a_row_for_each_token(model: GPT, tokenizer: WordTokenizer) -> None:
    activity = neuron_activity(model, tokenizer, TEXTS)
    lengths = [len(tokenizer.encode(text, bos=True)) for text in TEXTS]
    assert activity.values.shape == (2, sum(lengths), 128)
    assert activity.reads[0] == "<bos>"
    assert activity.reads[1 : lengths[0]] == activity.comes[: lengths[0] - 1]
    assert activity.comes[lengths[0] - 1] == "<eos>"
    with record(model, "blocks.1.feedforward.post") as trace, torch.no_grad():
        model(torch.tensor([tokenizer.encode(TEXTS[1], bos=True)]))
    alone = trace["blocks.1.feedforward.post"][0]
    among_others = activity.values[1, lengths[0] : lengths[0] + lengths[1]]
    torch.testing.assert_close(among_others, alone, atol=1e-5, rtol=1e-4)


def test_capitals_do_not_matter(model: GPT, tokenizer: WordTokenizer) -> None:
    activity = neuron_activity(model, tokenizer, TEXTS)
    assert torch.equal(activity.at(["the"]), activity.at(["The"]))
    assert activity.at(["the"]).sum() == sum(token.lower() == "the" for token in activity.reads)
    assert torch.equal(activity.before(["."])[:-1], activity.at(["."])[1:])


def test_clarity() -> None:
    wanted = torch.tensor([True, True, False, False])
    perfect, everywhere, half, wrong = [5.0, 1, 0, 0], [1.0, 1, 1, 1], [3.0, 0, 0, 0], [0.0, 0, 1, 1]
    silent, negative = [0.0, 0, 0, 0], [-1.0, -1, -9, -9]
    values = torch.tensor([perfect, everywhere, half, wrong, silent, negative]).T
    expected = torch.tensor([1.0, 2 / 3, 2 / 3, 0.0, 0.0, 0.0])  # 2pr / (p + r)
    torch.testing.assert_close(clarity(values, wanted), expected)
    torch.testing.assert_close(clarity(values[None], wanted), expected[None])
    with pytest.raises(CourseError, match="none of these tokens is wanted"):
        clarity(values, torch.zeros(4, dtype=torch.bool))


def test_what_a_neuron_writes(tokenizer: WordTokenizer) -> None:
    model = GPT(ModelConfig(tokenizer.vocab_size, d_model=32, n_layers=2)).initialize(seed=0)
    river = tokenizer.encode("river")[0]
    with torch.no_grad():
        model.final_norm.weight.uniform_(0.5, 2)  # type: ignore[union-attr, operator]
        row = model.unembedding.weight[river] * model.final_norm.weight  # type: ignore[operator]
        model.blocks[1].feedforward.down.weight[:, 7] = row  # type: ignore[union-attr, index]
    assert written_words(model, tokenizer, 1, 7, top=3)[0] == "river"
    assert written_scores(model, 1, 7).argmax() == river
    for wrong in ((2, 7), (1, 128), (-1, 0)):
        with pytest.raises(CourseError, match=rf"no neuron {wrong[1]} in layer {wrong[0]}: there are 2 layers of 128"):
            written_scores(model, *wrong)


@pytest.mark.parametrize("only_last", [True, False])
def test_neurons_are_set_and_nothing_else(model: GPT, tokenizer: WordTokenizer, only_last: bool) -> None:
    ids = torch.tensor([tokenizer.encode(TEXTS[0], bos=True)])
    name = "blocks.0.feedforward.post"
    with torch.no_grad(), record(model, name) as before:
        model(ids)
    with torch.no_grad(), record(model, name, edit=set_neurons(0, [3, 5], 2.5, only_last)) as after:
        model(ids)
    expected = before[name].clone()
    expected[:, -1 if only_last else slice(None), [3, 5]] = 2.5
    torch.testing.assert_close(after[name], expected)


def test_there_is_no_such_neuron(model: GPT, tokenizer: WordTokenizer) -> None:
    ids = torch.tensor([tokenizer.encode(TEXTS[0], bos=True)])
    message = r"neurons \[3, 128\] of layer 0: they are numbered from 0 to 127"
    with pytest.raises(CourseError, match=message), record(model, edit=set_neurons(0, [3, 128])):
        model(ids)
    with pytest.raises(CourseError, match="nothing to read"):
        neuron_activity(model, tokenizer, [])
