"""The floor of masked language modelling: what a reader who knows the world loses on the hidden words.

A causal model's floor is the world's own loss (`floor`). A masked model is asked for each hidden word *given
all that is seen*, on both sides, and this the world knows too (`corpus/gaps.py`). With the questions that `evaluate`
asks, the two numbers mean the same, and their difference is what the model has yet to learn.
"""

import math
import random
from collections.abc import Sequence

from llmcourse.corpus.gaps import gap_probabilities
from llmcourse.corpus.text import split_words
from llmcourse.corpus.world import World
from llmcourse.errors import CourseError
from llmcourse.training.evaluation import questions
from llmcourse.training.loss import IGNORE
from llmcourse.training.objectives import MaskedLM

MOST_HIDDEN = 0.5  # of the words: with more, the stories that agree with what is seen become too many to tell


def floor(documents: Sequence[str], world: World | None = None) -> float:
    """The world's own loss on stories in nats per token, counted as `evaluate` counts: ``<eos>`` is a token too.

    No model's loss on stories of this world lies below it, but for the luck of the sample.
    """
    if not documents:
        raise CourseError("there is nothing to measure the floor on: the list of documents is empty")
    log_probs = [(world or World()).token_log_probs(text) for text in documents]
    return -sum(map(sum, log_probs)) / sum(len(each) + 1 for each in log_probs)


def masked_floor(
    documents: Sequence[str], objective: MaskedLM, world: World | None = None, batch_size: int = 64, context: int = 128
) -> float:
    """Mean of -ln p(hidden word | all seen words) on stories, in nats per hidden word, by the world's own p.

    The questions are those of `evaluate(model, documents, tokenizer, batch_size, objective=objective)`.
    Raises CourseError for an objective that does more than hide words: who may meet a random word has to doubt every
    word, and is another reader. Raises it too for a share above 0.5, which would take hours.
    """
    if not documents:
        raise CourseError("there is nothing to measure the floor on: the list of documents is empty")
    if objective.masked < 1:
        raise CourseError("the floor is known for pure masks only: MaskedLM(…, masked=1, randomized=0)")
    if objective.share > MOST_HIDDEN:
        raise CourseError(f"share is {objective.share}; the floor is known up to {MOST_HIDDEN}: beyond, it takes hours")
    tokenizer, world = objective.tokenizer, world or World()
    nats, words = 0.0, 0
    for batch in questions(documents, tokenizer, context, batch_size, objective):
        for ids, targets in zip(batch.ids.tolist(), batch.targets.tolist(), strict=True):
            asked = [place for place, target in enumerate(targets) if target != IGNORE]
            length = ids.index(tokenizer.eos_id)
            seen = [None if id == objective.mask_id else tokenizer.vocabulary[id] for id in ids[1:length]]
            truth = gap_probabilities(world, seen)
            nats -= math.fsum(math.log(truth[at - 1][tokenizer.vocabulary[targets[at]]]) for at in asked)
            words += len(asked)
    return nats / words


def dealt_floor(documents: Sequence[str], hands: int | None = None, world: World | None = None, seed: int = 0) -> float:
    """The masked floor with every word of every story asked for once, in nats per word.

    The words of a story are dealt into so many `hands`, and one hand after the other is hidden: 1 / hands of the words
    at a time (default: each word alone). All shares ask for the same words, and with a divisor of another number of
    hands, what is hidden with the more is hidden with the fewer too. So two shares can be compared on few stories.
    Raises CourseError for fewer than 2 hands: with everything hidden, all stories agree with what is seen.
    """
    if not documents:
        raise CourseError("there is nothing to measure the floor on: the list of documents is empty")
    if hands is not None and hands < 1 / MOST_HIDDEN:
        raise CourseError(f"hands is {hands}; it must be at least 2: with more than half hidden it takes hours")
    world, rng = world or World(), random.Random(seed)
    nats, words = 0.0, 0
    for document in documents:
        story = split_words(document)
        places = rng.sample(range(len(story)), len(story))
        for first in range(hands or len(places)):
            hidden = set(places[first :: hands or len(places)])
            truth = gap_probabilities(world, [None if at in hidden else word for at, word in enumerate(story)])
            nats -= math.fsum(math.log(truth[at][story[at]]) for at in hidden)
        words += len(story)
    return nats / words
