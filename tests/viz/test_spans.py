"""Pictures of answers: what they show, and what they refuse."""

import pytest

from llmcourse.corpus import WordTokenizer
from llmcourse.corpus.squad import SpanQuestion
from llmcourse.errors import CourseError
from llmcourse.model import BERT, ModelConfig
from llmcourse.training.spans import span_reader
from llmcourse.viz.spans import marked_picture, span_picture

QUESTION = SpanQuestion("1", "Who found it?", "Mia lost a ring. Tom found the ring.", ("Tom",), (17,))
TOKENIZER = WordTokenizer.for_texts([QUESTION.question, QUESTION.context])


def words_of(figure):
    return {text.get_text() for ax in figure.axes for text in ax.texts}


def test_probabilities_are_written_below_the_words():
    reader = span_reader(BERT(ModelConfig(vocab_size=TOKENIZER.vocab_size, context=20, d_model=16, n_heads=2)))
    figure = span_picture(reader, TOKENIZER, QUESTION, "A finding", {"attention": [0.5] * 17})
    assert {"<bos>", "Tom", "0.09", "0.50"} <= words_of(figure)  # 11 places, each as likely as another
    assert "Who" not in words_of(figure)


def test_marked_answers():
    without = SpanQuestion("2", "Who lost it?", QUESTION.context)
    figure = marked_picture(TOKENIZER, [QUESTION, without], "Two questions")
    assert [ax.get_title(loc="left") for ax in figure.axes][:2] == ["Who found it?  Tom", "Who lost it?  (no answer)"]


def test_a_text_of_several_windows():
    reader = span_reader(BERT(ModelConfig(vocab_size=TOKENIZER.vocab_size, context=10, d_model=16, n_heads=2)))
    with pytest.raises(CourseError, match="several windows"):
        span_picture(reader, TOKENIZER, QUESTION)
