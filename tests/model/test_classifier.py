from dataclasses import replace

import pytest
import torch
import torch.nn.functional as F

from llmcourse.errors import CourseError
from llmcourse.model import BERT, GPT, EncoderDecoder, ModelConfig
from llmcourse.model.classifier import SequenceClassifier, last_real
from llmcourse.model.published import BERT_BASE

SETTINGS = {"vocab_size": 20, "context": 12, "d_model": 16, "n_layers": 2, "n_heads": 2}
FAMILIES = {"gpt": GPT, "bert": BERT}


def make(family: str, n_classes: int = 3, **settings) -> SequenceClassifier:
    torch.manual_seed(0)
    pool = settings.pop("pool", None)
    model = SequenceClassifier(FAMILIES[family](ModelConfig(**(SETTINGS | settings))), n_classes, pool)
    torch.nn.init.normal_(model.head.weight)
    return model.eval()


@pytest.mark.parametrize(("family", "pool"), [("gpt", "last"), ("gpt", "mean"), ("bert", "first"), ("bert", "mean")])
@pytest.mark.parametrize("padding", [0, 1, 5])
def test_padding_changes_no_answer(family, pool, padding):
    model = make(family, pool=pool)
    ids = torch.tensor([[1, 5, 6, 7, 3]])
    beside = torch.tensor([[1, *range(4, 4 + 4 + padding)]])  # a longer row in the same batch
    alone = model(ids)
    together = model(torch.cat([F.pad(ids, (0, padding)), beside]))
    torch.testing.assert_close(together[:1], alone)


def test_a_gpt_is_read_at_its_last_word_and_a_bert_at_its_first():
    ids = torch.tensor([[1, 5, 6, 7], [1, 5, 0, 0]])
    gpt, bert = make("gpt"), make("bert")
    encoded = gpt.backbone.encode(ids)
    torch.testing.assert_close(gpt.features(ids), torch.stack([encoded[0, 3], encoded[1, 1]]))
    encoded = bert.backbone.encode(ids, (ids != 0)[:, None, :])
    torch.testing.assert_close(bert.features(ids), torch.tanh(bert.backbone.pooler(encoded[:, 0])))


def test_last_real_ignores_padding_wherever_it_stands():
    encoded = torch.arange(12.0).reshape(2, 3, 2)
    found = last_real(encoded, torch.tensor([[True, False, False], [False, True, True]]))
    torch.testing.assert_close(found, torch.stack([encoded[0, 0], encoded[1, 2]]))


@pytest.mark.parametrize("family", FAMILIES)
def test_at_first_all_classes_are_equally_likely(family):
    model = SequenceClassifier(FAMILIES[family](ModelConfig(**SETTINGS)), 4)
    assert model(torch.tensor([[1, 5, 6]])).softmax(-1).tolist() == [[0.25] * 4]
    assert model.config is model.backbone.config


@pytest.mark.parametrize(("family", "pool"), [("gpt", None), ("bert", None), ("bert", "last"), ("bert", "mean")])
@pytest.mark.parametrize("tied", [False, True])
def test_a_gradient_reaches_all_that_is_trained_and_nothing_else(family, pool, tied):
    model = make(family, pool=pool, tie_embeddings=tied)
    F.cross_entropy(model(torch.tensor([[1, 5, 6]])), torch.tensor([1])).backward()
    for name, parameter in model.named_parameters():
        assert (parameter.grad is not None) == parameter.requires_grad, name
    assert model.backbone.token_embedding.weight.requires_grad


def test_segments_reach_a_bert_and_are_refused_by_a_gpt():
    ids, segments = torch.tensor([[1, 5, 6]]), torch.tensor([[0, 0, 1]])
    bert = make("bert", n_segments=2)
    assert not torch.equal(bert(ids, segments=segments), bert(ids))
    with pytest.raises(CourseError, match="a GPT has no segments: leave them out"):
        make("gpt")(ids, segments=segments)


def test_what_no_classifier_can_be_made_of_is_refused_in_one_line():
    gpt = GPT(ModelConfig(**SETTINGS))
    with pytest.raises(CourseError, match="of a BERT or a GPT, not of EncoderDecoder"):
        SequenceClassifier(EncoderDecoder(ModelConfig(**SETTINGS)), 2)
    with pytest.raises(CourseError, match="n_classes=1: to classify is to choose"):
        SequenceClassifier(gpt, 1)
    with pytest.raises(CourseError, match="pool='best' is unknown: choose one of 'first', 'last', 'mean'"):
        SequenceClassifier(gpt, 2, pool="best")
    with pytest.raises(CourseError, match="has seen nothing but itself: choose pool='last'"):
        SequenceClassifier(gpt, 2, pool="first")
    with pytest.raises(CourseError, match="nothing but padding"):
        SequenceClassifier(gpt, 2)(torch.tensor([[1, 2], [0, 0]]))


@pytest.mark.parametrize("seed", [0, 1])
def test_a_bert_classifies_as_the_transformers_library_does(seed):
    """Its BertForSequenceClassification, with its weights: dropout off, a padded batch, two segments."""
    transformers = pytest.importorskip("transformers")
    from model.theirs import copy, copy_bert_encoder, enlarge

    hf = transformers.BertConfig(vocab_size=40, hidden_size=16, num_hidden_layers=2, num_attention_heads=2,
                                 intermediate_size=32, max_position_embeddings=20, num_labels=3)  # fmt: skip
    theirs = transformers.BertForSequenceClassification(hf).eval()
    enlarge(theirs, seed)
    config = replace(BERT_BASE, vocab_size=40, context=20, d_model=16, n_layers=2, n_heads=2, d_ff=32)
    ours = SequenceClassifier(BERT(config).eval(), 3)
    copy_bert_encoder(ours.backbone, theirs)
    copy(ours.backbone.pooler, theirs.bert.pooler.dense)
    copy(ours.head, theirs.classifier)
    ids = torch.randint(1, 40, (4, 11), generator=torch.Generator().manual_seed(seed))
    ids[1, 7:], ids[3, 2:] = 0, 0
    segments = (torch.arange(11) > 4).long().expand(4, 11)
    expected = theirs(ids, attention_mask=(ids != 0).long(), token_type_ids=segments).logits
    torch.testing.assert_close(ours(ids, segments=segments), expected, atol=1e-4, rtol=1e-4)
    assert expected.std() > 0.1


@pytest.mark.gpu
@pytest.mark.skipif(not torch.cuda.is_available(), reason="needs a CUDA device")
@pytest.mark.parametrize("family", FAMILIES)
def test_a_gpu_gives_the_same_scores(family):
    model = make(family)
    ids = torch.tensor([[1, 5, 6, 7], [1, 5, 0, 0]])
    on_cpu = model(ids)
    torch.testing.assert_close(model.to("cuda")(ids.to("cuda")).cpu(), on_cpu, atol=1e-4, rtol=1e-4)
