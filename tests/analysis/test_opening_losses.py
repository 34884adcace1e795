"""Losses on openings, at the pronoun and elsewhere."""

import math

import pytest

from llmcourse.analysis.opening_losses import expected_pronoun_loss, opening_losses, token_log_probs
from llmcourse.corpus import World
from llmcourse.corpus.openings import openings, worker_of
from llmcourse.errors import CourseError
from llmcourse.inference.even_pronouns import EvenPronouns
from llmcourse.model import pretrained
from llmcourse.training import evaluate

NAMED = "Mia the baker lived near the mill. After lunch she ran to the hill."


def test_per_token_is_what_evaluate_says():
    model, tokenizer = pretrained("gpt-world")
    texts = openings(World(), 12, seed=5)
    rows = [tokenizer.encode(text, bos=True) for text in texts]
    assert opening_losses(model, tokenizer, texts).per_token == pytest.approx(
        evaluate(model, rows, tokenizer), abs=1e-4
    )


def test_the_constraint_costs_ln_2_at_the_pronoun_and_nothing_elsewhere():
    model, tokenizer = pretrained("gpt-world")
    texts = openings(World(), 12, seed=5)
    free, bound = (opening_losses(model, tokenizer, texts, rule) for rule in (None, EvenPronouns(tokenizer)))
    assert bound.at_pronoun == pytest.approx(math.log(2), abs=0.02)
    assert bound.elsewhere == pytest.approx(free.elsewhere, abs=1e-5)


def test_one_token_for_each_word():
    model, tokenizer = pretrained("gpt-world")
    text = next(t for t in openings(World(), 20) if worker_of(t))
    nats, shorter = token_log_probs(model, tokenizer, [text, NAMED])
    assert len(nats) == len(tokenizer.encode(text))
    assert (nats <= 0).all()
    assert len(shorter) == len(tokenizer.encode(NAMED))
    alone = token_log_probs(model, tokenizer, [NAMED])[0]
    assert shorter.tolist() == pytest.approx(alone.tolist(), abs=1e-4)


def test_expected_losses_by_hand():
    assert expected_pronoun_loss(0, 0) == pytest.approx(math.log(2))
    assert expected_pronoun_loss(0.6, 0) == pytest.approx(math.log(2))
    assert expected_pronoun_loss(0.6, 0.6) == pytest.approx(0.5004, abs=1e-4)
    assert expected_pronoun_loss(1, 1) == 0
    assert expected_pronoun_loss(0, 1) == math.inf
    assert min((expected_pronoun_loss(0.3, s / 10), s) for s in range(-9, 10))[1] == 3


def test_no_nameless_worker():
    model, tokenizer = pretrained("gpt-world")
    with pytest.raises(CourseError, match="nameless"):
        opening_losses(model, tokenizer, [NAMED])
