import pytest
import torch

from llmcourse.analysis.hidden_mentions import hidden_mention_scores, hidden_mentions
from llmcourse.corpus import WordTokenizer, World
from llmcourse.corpus.examples import RING
from llmcourse.errors import CourseError
from llmcourse.model import BERT, ModelConfig

WORLD = World()
TOKENIZER = WordTokenizer.for_world(WORLD, special=["<mask>"])


def test_each_mention_with_all_others_of_the_same() -> None:
    story = WORLD.read(RING)
    found = dict(hidden_mentions(story))
    first = story.tokens.index("Mia")
    assert {story.tokens[place] for place in found[first]} >= {"she", "Mia", "her"}
    assert all(place not in others and others for place, others in found.items())
    assert all(place in found[other] for place, others in found.items() for other in others)


@pytest.mark.parametrize("beside", [0, -1])
def test_a_head_that_looks_everywhere_has_the_uniform_share(beside: int) -> None:
    model = BERT(ModelConfig(vocab_size=TOKENIZER.vocab_size, d_model=16, n_layers=2, n_heads=2)).initialize(0).eval()
    with torch.no_grad():
        for block in model.blocks:
            block.attention.w_q.weight.zero_()  # type: ignore[union-attr, operator]
    shares, uniform = hidden_mention_scores(model, TOKENIZER, WORLD.stories(2, seed=4), beside)
    assert shares.flatten().tolist() == pytest.approx([uniform] * 4, abs=1e-5)
    with pytest.raises(CourseError, match="there are none"):
        hidden_mention_scores(model, TOKENIZER, [])
