import pytest
import torch

from llmcourse.corpus import CharTokenizer, UnknownWord
from llmcourse.errors import CourseError
from llmcourse.model import GPT, ModelConfig
from llmcourse.viz.weights import read_attention, true_links


def test_all_weights_of_a_text(scene) -> None:
    attention = read_attention(scene.model, scene.tokenizer, "Mia ran.")
    assert attention.tokens == ("<bos>", "Mia", "ran", ".")
    assert attention.weights.shape == (3, 4, 4, 4)
    assert attention.weights.dtype == torch.float64
    assert torch.allclose(attention.weights.sum(-1), torch.ones(3, 4, 4, dtype=torch.float64), atol=1e-6)
    assert attention.weights.triu(1).eq(0).all()


def test_the_model_stays_in_training_mode_and_is_read_without_dropout() -> None:
    tokenizer = CharTokenizer.for_texts(["abc"])
    model = GPT(ModelConfig(vocab_size=6, context=8, d_model=8, n_layers=1, n_heads=2, dropout=0.5)).train()
    first, second = (read_attention(model, tokenizer, "abcab").weights for _ in range(2))
    assert first.equal(second)
    assert model.training


def test_a_choice_keeps_the_models_own_numbers(scene) -> None:
    everything = read_attention(scene.model, scene.tokenizer, "Mia ran.")
    some = everything.only(layers=[2, 0], heads=[3])
    assert some.weights.shape == (2, 1, 4, 4)
    assert some.head(2, 3).equal(everything.weights[2, 3])
    assert some.head(0, 3).equal(everything.weights[0, 3])
    with pytest.raises(CourseError, match="there is no layer 1 here: choose from layers 2, 0"):
        some.head(1, 3)
    with pytest.raises(CourseError, match="there is no head 0 here: choose from head 3"):
        some.only(heads=[0])
    with pytest.raises(CourseError, match="at least one layer and one head"):
        some.only(heads=[])


def test_bad_texts_are_one_line_errors(scene) -> None:
    with pytest.raises(CourseError, match="no text to look at"):
        read_attention(scene.model, scene.tokenizer, "  ")
    with pytest.raises(UnknownWord, match="'zebra' is not in the vocabulary"):
        read_attention(scene.model, scene.tokenizer, "Mia saw a zebra.")
    with pytest.raises(CourseError, match="201 tokens"):
        read_attention(scene.model, scene.tokenizer, "Mia " * 200)


def test_links_count_the_texts_own_tokens(scene) -> None:
    attention = read_attention(scene.model, scene.tokenizer, "Mia ran. She")
    assert attention.shifted([(3, 0)]) == [(4, 1)]
    assert (attention.tokens[4], attention.tokens[1]) == ("She", "Mia")
    with pytest.raises(CourseError, match=r"\(4, 0\) leaves the text: its tokens are numbered from 0 to 3"):
        attention.shifted([(4, 0)])


@pytest.mark.parametrize("seed", range(5))
def test_the_beginning_of_a_story_has_the_links_that_lie_in_it(scene, seed: int) -> None:
    story = scene.world.story(seed)
    assert true_links(scene.world, story.text) == story.links()
    for end in (0, 1, 20, 40):
        told = story.text[: story.spans[end][1]]
        assert true_links(scene.world, told) == [pair for pair in story.links() if max(pair) <= end]


def test_other_texts_have_no_true_links(scene) -> None:
    assert true_links(scene.world, "She she she") == []
    assert true_links(scene.world, "") == []
