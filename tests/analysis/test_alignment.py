import pytest
import torch

from llmcourse.analysis.alignment import alignment_scores, cross_weights, uniform_alignment
from llmcourse.corpus.tolish import tolish_tokenizer, translate, translations
from llmcourse.errors import CourseError
from llmcourse.inference.seq2seq import answer_texts
from llmcourse.model import EncoderDecoder, ModelConfig
from llmcourse.training.pairs import collate_pairs, pair_loss
from llmcourse.training.tasks import learn

TOKENIZER = tolish_tokenizer()


def model_of(**settings) -> EncoderDecoder:
    config = ModelConfig(vocab_size=TOKENIZER.vocab_size, context=16, d_model=64, n_layers=1, n_heads=1,
                         positions="sinusoidal", **settings)  # fmt: skip
    return EncoderDecoder(config)


def test_a_head_that_looks_everywhere_alike_scores_as_uniform() -> None:
    model, pairs = model_of().initialize(0), translations(5)
    with torch.no_grad():
        model.decoder_blocks[0].cross_attention.w_q.weight.zero_()
    assert alignment_scores(model, TOKENIZER, pairs).item() == pytest.approx(uniform_alignment(pairs))
    assert cross_weights(model, TOKENIZER, pairs[0]).shape == (1, 1, len(pairs[0].target), len(pairs[0].source))
    assert uniform_alignment([translate("Mia lost the ring .")]) == pytest.approx(1 / 5)
    with pytest.raises(CourseError, match="there are none"):
        alignment_scores(model, TOKENIZER, [])


@pytest.mark.parametrize("seed", [0, 1])
def test_the_translator_of_notebook_07(seed: int) -> None:
    """Every sentence that it has not seen is translated right, and its head looks at the word it translates."""
    held_out = translations(200, seed=1)
    known = collate_pairs([(p.english, p.tolish) for p in translations(20_000, seed=2, without=held_out)], TOKENIZER)
    model = model_of().initialize(seed)

    def draw(generator: torch.Generator):
        return known.rows(torch.randint(0, len(known.ids), (64,), generator=generator))

    learn(model, draw, pair_loss, steps=400, seed=seed)
    assert answer_texts(model, TOKENIZER, [p.english for p in held_out]) == [p.tolish for p in held_out]
    assert alignment_scores(model, TOKENIZER, held_out).item() > 4 * uniform_alignment(held_out)
