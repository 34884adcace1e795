import pytest
import torch

from llmcourse.analysis.reading import answer_places, parted, reading_weights, share_on_the_answer
from llmcourse.corpus import WordTokenizer, World
from llmcourse.corpus.examples import APPLES, RING, STORIES
from llmcourse.errors import CourseError
from llmcourse.model import EncoderDecoder, ModelConfig

WORLD = World()
TOKENIZER = WordTokenizer.for_world(WORLD)
CONFIG = ModelConfig(vocab_size=TOKENIZER.vocab_size, d_model=16, n_layers=2, n_decoder_layers=3, n_heads=2)
MODEL = EncoderDecoder(CONFIG).initialize(0)


def test_a_story_in_two() -> None:
    assert parted(WORLD.read(RING)) == (RING.removesuffix(" Mia."), "Mia.")


def test_where_the_answer_stands() -> None:
    story = WORLD.read(RING)
    places = answer_places(story)
    assert list(places) == [0]
    assert {story.tokens[place] for place in places[0]} == {"Mia"}
    assert len(places[0]) == story.tokens.count("Mia") - 1
    apples = WORLD.read(APPLES)
    assert [apples.tokens[place] for place in answer_places(apples)[0]] == ["seven"]


@pytest.mark.parametrize("text", STORIES.values())
def test_weights_are_shares_of_the_story(text: str) -> None:
    story = WORLD.read(text)
    weights = reading_weights(MODEL, TOKENIZER, story)
    source, answer = (TOKENIZER.encode(part) for part in parted(story))
    assert weights.shape == (3, 2, len(answer), len(source))
    assert torch.allclose(weights.sum(-1), torch.ones(3, 2, len(answer)), atol=1e-5)


def test_a_head_that_looks_everywhere_has_the_uniform_share() -> None:
    model = EncoderDecoder(CONFIG).initialize(0)
    with torch.no_grad():
        for block in model.decoder_blocks:
            block.cross_attention.w_q.weight.zero_()  # type: ignore[union-attr, operator]
    shares, uniform = share_on_the_answer(model, TOKENIZER, WORLD.stories(10, seed=4))
    assert shares.shape == (3, 2)
    assert shares.flatten().tolist() == pytest.approx([uniform] * 6, abs=1e-5)
    with pytest.raises(CourseError, match="there are none"):
        share_on_the_answer(model, TOKENIZER, [])
