import math

import pytest

from llmcourse.corpus import WordTokenizer, World, load
from llmcourse.corpus.examples import RING
from llmcourse.corpus.gaps import gap_probabilities
from llmcourse.errors import CourseError
from llmcourse.training.evaluation import questions
from llmcourse.training.floors import dealt_floor, masked_floor
from llmcourse.training.loss import IGNORE
from llmcourse.training.objectives import MASK, MaskedLM
from llmcourse.training.pretrain import floor

WORLD = World()
TOKENIZER = WordTokenizer.for_world(WORLD, special=[MASK])
STORIES = load("world").validation[:6]


def only_masks(share: float = 0.15) -> MaskedLM:
    return MaskedLM(TOKENIZER, share, masked=1, randomized=0)


def test_the_floor_is_the_mean_over_the_questions_that_evaluate_asks():
    nats = []
    for batch in questions(STORIES, TOKENIZER, 128, 4, only_masks()):
        for ids, targets in zip(batch.ids.tolist(), batch.targets.tolist(), strict=True):
            tokens = [TOKENIZER.vocabulary[id] for id in ids if id not in (0, 1, 2)]
            truth = gap_probabilities(WORLD, [None if token == MASK else token for token in tokens])
            for place, target in enumerate(targets):
                if target != IGNORE:
                    nats.append(-math.log(truth[place - 1][TOKENIZER.vocabulary[target]]))
    assert masked_floor(STORIES, only_masks(), WORLD, batch_size=4) == pytest.approx(sum(nats) / len(nats))


def test_each_word_alone():
    tokens = list(WORLD.read(RING).tokens)
    nats = 0.0
    for place, word in enumerate(tokens):
        pattern = [None if at == place else other for at, other in enumerate(tokens)]
        nats -= math.log(gap_probabilities(WORLD, pattern)[place][word])
    assert dealt_floor([RING]) == pytest.approx(nats / len(tokens))


def test_hiding_more_costs_more_and_both_sides_cost_less_than_one():
    floors = [dealt_floor(STORIES, hands, WORLD) for hands in (None, 16, 4)]
    assert floors == sorted(floors)
    assert floors[-1] < floor(STORIES, WORLD)


@pytest.mark.parametrize(
    ("call", "message"),
    [
        (lambda: masked_floor([], only_masks()), "list of documents is empty"),
        (lambda: masked_floor(STORIES, MaskedLM(TOKENIZER)), "pure masks only"),
        (lambda: masked_floor(STORIES, only_masks(0.8)), "known up to 0.5"),
        (lambda: masked_floor(["Mia sang."], only_masks()), "no story of this world"),
        (lambda: dealt_floor([]), "list of documents is empty"),
        (lambda: dealt_floor(STORIES, hands=1), "at least 2"),
    ],
)
def test_what_cannot_be_is_said_in_one_line(call, message):
    with pytest.raises(CourseError, match=message) as caught:
        call()
    assert "\n" not in str(caught.value)
