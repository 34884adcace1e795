"""A reader that points: what it may point at, and that segments begin as nothing."""

import pytest
import torch

from llmcourse.errors import CourseError
from llmcourse.model import BERT, GPT, ModelConfig
from llmcourse.model.span_head import SpanReader, answer_places, with_segments

SETTINGS = {"vocab_size": 20, "context": 16, "d_model": 16, "n_layers": 2, "n_heads": 2}
IDS = torch.tensor([[1, 5, 6, 2, 7, 8, 9, 2], [1, 5, 2, 7, 8, 2, 0, 0]])
SEGMENTS = torch.tensor([[0, 0, 0, 0, 1, 1, 1, 1], [0, 0, 0, 1, 1, 1, 0, 0]])


@pytest.fixture
def bert():
    return BERT(ModelConfig(**SETTINGS)).initialize(0).eval()


@pytest.fixture
def reader(bert):
    reader = SpanReader(with_segments(bert)).eval()
    torch.nn.init.normal_(reader.head.scores.weight)
    return reader


def test_segments_begin_as_nothing(bert):
    copy = with_segments(bert)
    torch.testing.assert_close(copy.encode(IDS, segments=SEGMENTS), bert.encode(IDS))
    copy.segment_embedding.weight.data.normal_()
    assert not torch.allclose(copy.encode(IDS, segments=SEGMENTS), bert.encode(IDS))
    assert copy.token_embedding.weight.data_ptr() != bert.token_embedding.weight.data_ptr()


def test_making_it_leaves_the_dice_alone(bert):
    torch.manual_seed(3)
    wanted = torch.rand(1)
    torch.manual_seed(3)
    with_segments(bert)
    assert torch.equal(torch.rand(1), wanted)


def test_where_an_answer_may_stand():
    assert answer_places(IDS, SEGMENTS).int().tolist() == [[1, 0, 0, 0, 1, 1, 1, 1], [1, 0, 0, 1, 1, 1, 0, 0]]


def test_elsewhere_the_probability_is_nought(reader):
    probabilities = reader(IDS, segments=SEGMENTS).softmax(-1)
    assert probabilities.shape == (2, 2, 8)
    torch.testing.assert_close(probabilities.sum(-1), torch.ones(2, 2))
    assert (probabilities > 0).equal(answer_places(IDS, SEGMENTS)[:, None].expand(2, 2, 8))


def test_padding_changes_nothing(reader):
    alone = reader(IDS[1:, :6], segments=SEGMENTS[1:, :6])
    torch.testing.assert_close(reader(IDS, segments=SEGMENTS)[1:, :, :6], alone)


def test_at_first_every_place_is_as_likely(bert):
    logits = SpanReader(with_segments(bert))(IDS, segments=SEGMENTS)
    assert (logits[logits.isfinite()] == 0).all()


def test_the_question_matters_through_attention_alone(reader):
    other = IDS.clone()
    other[:, 1] = 10
    assert not torch.allclose(reader(other, segments=SEGMENTS).softmax(-1), reader(IDS, segments=SEGMENTS).softmax(-1))


def test_what_scored_words_is_frozen_unless_the_embeddings_share_it(bert):
    parameters = SpanReader(with_segments(bert)).named_parameters()
    trained = {name for name, parameter in parameters if parameter.requires_grad}
    assert not any(name.startswith(("backbone.head", "backbone.pooler", "backbone.unembedding")) for name in trained)
    tied = SpanReader(with_segments(BERT(ModelConfig(**SETTINGS, tie_embeddings=True))))
    assert tied.backbone.token_embedding.weight.requires_grad


class TestFromAGap:
    ids = torch.tensor([[1, 5, 6, 2, 7, 8, 19, 2], [1, 5, 2, 7, 19, 2, 0, 0]])  # 19 is the gap
    segments = torch.tensor([[0, 1, 1, 1, 0, 0, 0, 0], [0, 1, 1, 0, 0, 0, 0, 0]])

    @pytest.fixture
    def pointer(self, bert):
        return SpanReader(with_segments(bert), gap_id=19).eval()

    def test_it_begins_by_pointing_at_what_is_most_like_the_gap(self, bert, pointer):
        encoded = bert.encode(self.ids, self.ids.ne(0)[:, None])
        fit = torch.einsum("btd,bd->bt", encoded, encoded[[0, 1], [6, 4]]) / 4  # √16
        allowed = answer_places(self.ids, self.segments)
        wanted = fit.masked_fill(~allowed, float("-inf"))[:, None].expand(-1, 2, -1)
        torch.testing.assert_close(pointer(self.ids, segments=self.segments), wanted)

    def test_padding_changes_nothing(self, pointer):
        alone = pointer(self.ids[1:, :6], segments=self.segments[1:, :6])
        torch.testing.assert_close(pointer(self.ids, segments=self.segments)[1:, :, :6], alone)

    def test_all_of_it_learns(self, pointer):
        logits = pointer(self.ids, segments=self.segments)
        torch.nn.functional.cross_entropy(logits.flatten(0, 1), torch.tensor([1, 2, 1, 1])).backward()
        assert all(parameter.grad.abs().sum() > 0 for parameter in pointer.head.parameters())

    def test_a_row_without_its_gap(self, pointer):
        with pytest.raises(CourseError, match="gap=True"):
            pointer(IDS, segments=SEGMENTS)


def test_bad_input(bert, reader):
    with pytest.raises(CourseError, match="make it ready by with_segments"):
        SpanReader(bert)
    with pytest.raises(CourseError, match="GPT is no encoder"):
        SpanReader(GPT(ModelConfig(**SETTINGS)))
    with pytest.raises(CourseError, match="2 segments already"):
        with_segments(reader.backbone)
    with pytest.raises(CourseError, match="which the text"):
        reader(IDS)
