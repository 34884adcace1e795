"""Every token of a story has one kind, and forced tokens cost the world nothing."""

import pytest
import torch

from llmcourse.analysis.token_kinds import (
    KINDS,
    copied,
    floor_by_kind,
    loss_by_kind,
    mean_by_label,
    token_kinds,
    token_losses,
)
from llmcourse.corpus import WordTokenizer, World
from llmcourse.corpus.examples import APPLES, RING
from llmcourse.errors import CourseError
from llmcourse.model import GPT, ModelConfig
from llmcourse.training import evaluate

world = World()
tokenizer = WordTokenizer.for_world(world)
stories = world.stories(30, seed=5)


def model() -> GPT:
    return GPT(ModelConfig(vocab_size=tokenizer.vocab_size, d_model=16, n_layers=1, n_heads=2)).initialize(0)


def kind_of(text: str, words: str) -> list[str]:
    """The kinds of the last tokens of `words` in a story."""
    story = world.read(text)
    before = text.index(words) + len(words)
    place = next(i for i, span in enumerate(story.spans) if span[1] == before)
    return token_kinds(story)[: place + 1][-len(words.replace(".", " .").replace(",", " ,").split()) :]


def test_every_token_and_the_end_has_one_of_the_kinds() -> None:
    for story in stories:
        kinds = token_kinds(story)
        assert len(kinds) == len(story.tokens) + 1
        assert set(kinds) <= set(KINDS)
        assert all((kind == "choice") == (p < 0) for kind, p in zip(kinds, story.log_probs, strict=False))


@pytest.mark.parametrize(
    ("text", "words", "kind"),
    [
        (RING, "Mia the baker", "choice"),
        (RING, "lived near the", "grammar"),
        (RING, "There she lost her", "pronoun"),
        (RING, "found the golden ring", "copy"),
        (RING, "Who lost the ring? Mia", "copy"),
        (APPLES, "so she had nine", "sum"),
        (APPLES, "there were seven", "sum"),
        (APPLES, "at the end? Seven", "copy"),
    ],
)
def test_the_kinds_are_those_of_the_course(text: str, words: str, kind: str) -> None:
    assert kind_of(text, words)[-1] == kind


def test_what_is_copied() -> None:
    def named(text: str) -> list[tuple[str, str]]:
        story = world.read(text)
        return [(token, what) for token, what in zip(story.tokens, copied(story), strict=False) if what]

    assert ("golden", "look") in named(RING)
    assert ("ring", "thing") in named(RING)
    assert named(RING)[-1] == ("Mia", "person")
    assert ("pilot", "job") in named(APPLES)
    assert ("apples", "goods") in named(APPLES)
    assert named(APPLES)[-1] == ("Seven", "number")


def test_the_floor_is_zero_where_nothing_is_chosen() -> None:
    lowest = floor_by_kind(stories)
    assert lowest.pop("choice") > 1
    assert set(lowest.values()) == {0.0}


def test_losses_are_those_of_evaluate() -> None:
    texts = [story.text for story in stories]
    losses = torch.cat(token_losses(model(), tokenizer, texts))
    assert losses.mean().item() == pytest.approx(evaluate(model(), texts, tokenizer), rel=1e-5)


def test_the_mean_of_all_kinds_is_the_loss() -> None:
    kinds = [token_kinds(story) for story in stories]
    means = loss_by_kind(model(), tokenizer, stories)
    total = sum(kind_list.count(kind) * mean for kind, mean in means.items() for kind_list in kinds)
    mean = total / sum(map(len, kinds))
    assert mean == pytest.approx(evaluate(model(), [story.text for story in stories], tokenizer), rel=1e-5)


def test_labels_and_losses_must_fit() -> None:
    assert mean_by_label([["a", "b"], ["a"]], [[1.0, 5.0], [3.0]]) == {"a": 2.0, "b": 5.0}
    with pytest.raises(CourseError, match="2 tokens .* 1 losses"):
        mean_by_label([["a", "b"]], [[1.0]])
    with pytest.raises(CourseError, match="empty"):
        token_losses(model(), tokenizer, [])
