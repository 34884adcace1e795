"""Words with two meanings: found as the world means them, and equal where a model cannot know."""

import pytest
import torch

from llmcourse.analysis.probe import probe_accuracy
from llmcourse.analysis.senses import (
    Occurrence,
    layer_vectors,
    meanings,
    neighbour_vectors,
    occurrences,
    told_by_neighbours,
)
from llmcourse.corpus import World, load
from llmcourse.corpus.lexicon import SENSES
from llmcourse.corpus.tokenizers import CharTokenizer
from llmcourse.errors import CourseError
from llmcourse.model import BERT, pretrained

WORLD = World()
FOUND = occurrences([story.text for story in WORLD.stories(300, seed=16)])


def of(word):
    return [each for each in FOUND if each.word == word]


def test_the_world_says_which_is_meant():
    assert {each.word for each in FOUND} == set(SENSES)
    for each in FOUND:
        assert each.words[each.position].lower() == each.word
        assert each.meaning in SENSES[each.word]
    names, numbers = meanings(of("bark"))
    assert names == ["sound", "tree"]
    assert all(names[n] == each.meaning for n, each in zip(numbers, of("bark"), strict=True))
    assert {each.neighbours[0] for each in of("bark") if each.meaning == "tree"} == {"wet"}


def test_neighbours_tell_barks_and_not_all_bats():
    assert all(told_by_neighbours(of("bark")))
    untold = [each for each, told in zip(of("bat"), told_by_neighbours(of("bat")), strict=True) if not told]
    assert {each.neighbours for each in untold} <= {("the", "?")}
    first = Occurrence(0, ("bat", "."), 0, "bat", "tool")
    assert first.neighbours == ("", ".")


@pytest.mark.parametrize(("name", "family"), [("bert-world", BERT), ("gpt-world", None)])
def test_layer_by_layer(name, family):
    model, tokenizer = pretrained(name, family) if family else pretrained(name)
    found = of("bank")
    vectors = layer_vectors(model, tokenizer, found, batch_size=7)
    assert vectors.shape == (model.config.n_layers + 1, len(found), model.config.d_model)
    assert torch.equal(vectors[0], vectors[0, :1].expand(len(found), -1))  # one word, one embedding
    _, labels = meanings(found)
    assert probe_accuracy(vectors[-1], labels, [each.story for each in found]) > 0.95
    alone = layer_vectors(model, tokenizer, found[:1])
    assert torch.allclose(alone[:, 0], vectors[:, 0], atol=1e-4)


def test_without_its_left_a_gpt_cannot_know_and_a_bert_can():
    cut = [each.without_left() for each in of("bank")]
    assert all(each.words[0] == "bank" for each in cut)
    _, labels = meanings(cut)
    stories = [each.story for each in cut]
    seen = layer_vectors(*pretrained("gpt-world"), cut)[-1]
    assert (seen - seen[0]).abs().max() < 1e-4
    assert probe_accuracy(layer_vectors(*pretrained("bert-world", BERT), cut)[-1], labels, stories) > 0.9


def test_neighbours_as_embeddings():
    model, tokenizer = pretrained("bert-world", BERT)
    vectors = neighbour_vectors(model, tokenizer, of("bark")[:3])
    before = model.token_embedding.weight[tokenizer.id_of(of("bark")[0].neighbours[0])]
    assert vectors.shape == (3, 2 * model.config.d_model)
    assert torch.equal(vectors[0, : model.config.d_model], before)
    cut = Occurrence(0, ("bat",), 0, "bat", "tool")
    assert torch.equal(
        neighbour_vectors(model, tokenizer, [cut])[0, : model.config.d_model], model.token_embedding.weight[1]
    )


def test_what_cannot_be_looked_at():
    model, tokenizer = pretrained("gpt-world")
    with pytest.raises(CourseError, match="no vector to look at"):
        layer_vectors(model, tokenizer, [])
    letters = CharTokenizer.for_texts(load("world").test[:50])
    with pytest.raises(CourseError, match="tokens of this tokenizer are no words"):
        layer_vectors(model, letters, FOUND[:2])
