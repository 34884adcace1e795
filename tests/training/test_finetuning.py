import random

import pytest
import torch

from llmcourse.corpus import WordTokenizer
from llmcourse.corpus.labelled import Labelled
from llmcourse.errors import CourseError
from llmcourse.model import BERT, GPT, ModelConfig
from llmcourse.model.classifier import SequenceClassifier
from llmcourse.training import SaveCheckpoint, TrainConfig
from llmcourse.training.finetuning import (
    accuracy_of,
    count_trained,
    finetune,
    freeze,
    labelled_rows,
    predict,
    unfreeze,
)

TOKENIZER = WordTokenizer([f"w{number}" for number in range(6)], special=["<mask>"])


def examples(count: int, seed: int = 0) -> list[Labelled]:
    """Three to six words; the class is whether w0 is among them."""
    rng = random.Random(seed)
    texts = [[f"w{rng.randrange(6)}" for _ in range(rng.randint(3, 6))] for _ in range(count)]
    return [Labelled(" ".join(words), int("w0" in words)) for words in texts]


def make(family=GPT, **settings) -> SequenceClassifier:
    config = ModelConfig(TOKENIZER.vocab_size, context=8, d_model=16, n_layers=2, n_heads=2, **settings)
    return SequenceClassifier(family(config).initialize(0), 2)


@pytest.mark.parametrize("family", [GPT, BERT])
def test_a_classifier_learns_a_rule_and_uses_it_on_texts_that_it_never_saw(family):
    model = make(family)
    finetune(model, examples(400), TOKENIZER, TrainConfig(steps=150, lr=1e-2))
    assert accuracy_of(model, examples(200, seed=1), TOKENIZER) > 0.97


def test_frozen_means_that_only_the_head_changes():
    model = make()
    freeze(model.backbone)
    before = {name: p.detach().clone() for name, p in model.named_parameters()}
    assert count_trained(model) == 16 * 2 + 2
    finetune(model, examples(50), TOKENIZER, TrainConfig(steps=3))
    changed = {name for name, p in model.named_parameters() if not torch.equal(p, before[name])}
    assert changed == {"head.weight", "head.bias"}
    unfreeze(model.backbone)
    assert count_trained(model) == sum(p.numel() for p in model.parameters())


def test_an_interrupted_run_goes_on_as_if_it_had_never_stopped(tmp_path):
    config = TrainConfig(steps=6, lr=1e-2, layer_decay=0.5)
    whole, broken, resumed = make(), make(), make()
    finetune(whole, examples(50), TOKENIZER, config)

    class Stop:
        def on_step(self, step, *_):
            if step == 3:
                raise KeyboardInterrupt

    keep = SaveCheckpoint(tmp_path / "run.safetensors", every=3)
    finetune(broken, examples(50), TOKENIZER, config, [keep, Stop()])
    finetune(resumed, examples(50), TOKENIZER, config, resume=keep.path)
    for ours, theirs in zip(resumed.parameters(), whole.parameters(), strict=True):
        assert torch.equal(ours, theirs)


def test_predictions_come_in_the_order_of_the_texts():
    model = make()
    torch.nn.init.normal_(model.head.weight)
    texts = [example.text for example in examples(20)]
    together = predict(model, texts, TOKENIZER, batch_size=7)
    alone = torch.cat([predict(model, [text], TOKENIZER) for text in texts])
    torch.testing.assert_close(together, alone)
    torch.testing.assert_close(together.sum(-1), torch.ones(20))


def test_a_row_begins_with_bos_and_ends_with_what_is_asked_for():
    example = [Labelled("w0 w1", 1)]
    assert TOKENIZER.tokens(labelled_rows(example, TOKENIZER)[0].ids) == ["<bos>", "w0", "w1"]
    assert TOKENIZER.tokens(labelled_rows(example, TOKENIZER, "<mask>")[0].ids) == ["<bos>", "w0", "w1", "<mask>"]


def test_bad_labels_are_refused_in_one_line():
    config = TrainConfig(steps=1)
    for label in (2, -1, True):
        with pytest.raises(CourseError, match=f"example 1 has the label {label}; labels run from 0 to 1"):
            finetune(make(), [Labelled("w0", 0), Labelled("w1", label)], TOKENIZER, config)
    with pytest.raises(CourseError, match="class 1 has no example among the 2: add some, or lower n_classes"):
        finetune(make(), [Labelled("w0", 0), Labelled("w1", 0)], TOKENIZER, config)
    with pytest.raises(CourseError, match="the list of labelled texts is empty"):
        finetune(make(), [], TOKENIZER, config)
    with pytest.raises(CourseError, match="the list of examples is empty"):
        accuracy_of(make(), [], TOKENIZER)


def test_a_model_that_is_frozen_as_a_whole_is_refused():
    with pytest.raises(CourseError, match="every parameter of this model is frozen"):
        finetune(freeze(make()), examples(50), TOKENIZER, TrainConfig(steps=1))
