import math

import pytest
import torch

from llmcourse.corpus import WordTokenizer, World
from llmcourse.corpus.world import NotAStory
from llmcourse.errors import CourseError
from llmcourse.inference import Constrained, WorldRule, allow_only, beam_search, generate, sample
from llmcourse.model import GPT, ModelConfig

world = World()
tokenizer = WordTokenizer.for_world(world)


@pytest.fixture(scope="module")
def untrained() -> GPT:
    config = ModelConfig(vocab_size=tokenizer.vocab_size, context=128, d_model=8, n_layers=1, n_heads=2)
    return GPT(config).initialize(0)


def test_allow_only() -> None:
    logits = torch.tensor([[1.0, 2.0, 3.0], [1.0, 2.0, 3.0]])
    inf = math.inf
    assert allow_only(logits, [[0], {1, 2}]).tolist() == [[1.0, -inf, -inf], [-inf, 2.0, 3.0]]
    for nothing in ([[0], []], [[], [1]]):
        with pytest.raises(CourseError, match="no allowed token is left"):
            allow_only(logits, nothing)
    with pytest.raises(CourseError, match="no allowed token is left"):
        allow_only(torch.tensor([[1.0, -inf]]), [[1]])  # only such as was ruled out before


def test_even_an_untrained_model_tells_stories_by_the_world_s_rule(untrained: GPT) -> None:
    ids = torch.full((8, 1), tokenizer.bos_id)
    rule = Constrained(WorldRule(tokenizer), tokenizer.eos_id)
    seed = torch.Generator().manual_seed(0)
    rows = generate(untrained, ids, 127, sample, tokenizer.eos_id, generator=seed, adjust=rule)
    texts = [tokenizer.decode(row) for row in rows.tolist()]
    assert len(set(texts)) == 8
    assert all(map(world.is_story, texts))


def test_the_rule_says_what_the_world_says() -> None:
    rule = WorldRule(tokenizer)
    story = world.story(3)
    ids = tokenizer.encode(story.text, bos=True)
    for end in range(1, len(ids) + 1):
        for _ in range(2):  # asked again, and by another row with the same beginning
            options = rule.options(ids[:end])
            assert options == world.next_word(tokenizer.decode(ids[1:end]))
    assert rule(ids) == [tokenizer.eos_id]
    with pytest.raises(NotAStory):
        rule(tokenizer.encode("Mia Mia", bos=True))


def test_weights_are_what_the_rule_let_through() -> None:
    """A model of two steps whose distribution is known: weighted texts are distributed as those that keep the rule."""
    first, second = torch.tensor([0.5, 0.5, 0, 0]), torch.tensor([[0, 0, 0.9, 0.1], [0, 0, 0.1, 0.9]])  # rule: no 2
    drawn = torch.multinomial(first, 20_000, replacement=True, generator=torch.Generator().manual_seed(0))
    rule = Constrained(lambda ids: [3], stop_id=9)
    after = rule(second[drawn].log(), drawn[:, None])
    assert (after.softmax(-1)[:, 3] == 1).all()
    weights = torch.stack(rule.kept).sum(0).exp()
    assert (drawn == 0).float().mean() == pytest.approx(0.5, abs=0.02)  # the mask alone
    assert weights[drawn == 0].sum() / weights.sum() == pytest.approx(0.1, abs=0.01)  # 0.05 / (0.05 + 0.45)
    assert weights.mean() == pytest.approx(0.5, abs=0.01)


def test_a_rule_in_a_beam_search(untrained: GPT) -> None:
    rule = WorldRule(tokenizer)

    def next_logits(ids: torch.Tensor) -> torch.Tensor:
        with torch.no_grad():
            return allow_only(untrained(ids)[:, -1], [rule(row) for row in ids.tolist()])

    found = beam_search(next_logits, [tokenizer.bos_id], 2, 127, tokenizer.eos_id, 0.0)
    assert all(world.is_story(tokenizer.decode(one.ids)) for one in found)


def test_the_transformers_library_agrees() -> None:
    transformers = pytest.importorskip("transformers")
    generator = torch.Generator().manual_seed(0)
    logits = torch.randn(4, 9, generator=generator)
    ids = torch.randint(0, 9, (4, 3), generator=generator)
    allowed = {row: [row, row + 3] for row in range(4)}
    theirs = transformers.PrefixConstrainedLogitsProcessor(lambda row, _: allowed[row], num_beams=1)
    assert torch.equal(allow_only(logits, list(allowed.values())), theirs(ids, logits))
