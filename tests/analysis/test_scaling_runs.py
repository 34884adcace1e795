"""Short trainings for a law: repeatable by seed, above the floor, each size and count as asked for."""

import pytest

from llmcourse.analysis.scaling_runs import chain_config, chain_loss, chain_runs, story_runs, train_on_chain
from llmcourse.corpus import load
from llmcourse.corpus.chain import WordChain
from llmcourse.errors import CourseError
from llmcourse.model.counting import predict_by_part


def test_runs_are_repeatable_above_the_floor_and_better_with_more_tokens():
    chain = WordChain(words=16)
    once, again = (list(chain_runs(chain, widths=(4, 8), tokens=(2_048, 16_384), seed=3)) for _ in range(2))
    assert once == again
    assert [(width, tokens) for width, (_, tokens, _) in once] == [(4, 2048), (4, 16384), (8, 2048), (8, 16384)]
    losses = [loss for _, (_, _, loss) in once]
    assert min(losses) > chain.entropy()
    assert losses[0] > losses[1]
    assert losses[2] > losses[3]
    assert once[0][1][0] == sum(predict_by_part(chain_config(chain, 4)).values())


def test_a_trained_model_beats_blind_guessing():
    chain = WordChain(words=16)
    config = chain_config(chain, 8)
    assert chain_loss(train_on_chain(chain, config, 20_000), chain) < chain_loss(
        train_on_chain(chain, config, 512), chain
    )


def test_stories():
    corpus = load("world")
    tokenizer = corpus.tokenizer()
    ((size, tokens, loss),) = story_runs(corpus.train, corpus.validation[:8], tokenizer, widths=(8,), counts=(16,))
    assert size > 5_000
    assert tokens > 500
    assert 0.45 < loss < 6.5
    with pytest.raises(CourseError, match="are wanted"):
        list(story_runs(corpus.train[:5], corpus.validation[:8], tokenizer, widths=(8,), counts=(16,)))


def test_less_than_a_batch_is_refused():
    chain = WordChain(words=16)
    with pytest.raises(CourseError, match="less than one batch"):
        train_on_chain(chain, chain_config(chain, 4), 100)
