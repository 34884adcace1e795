"""One call from text to answer: order, lengths, and all that may be handed in wrong."""

import pytest
import torch

from llmcourse.corpus import WordTokenizer, World
from llmcourse.corpus.examples import APPLES, FOX, RING
from llmcourse.corpus.sentiment import feeling_question
from llmcourse.corpus.tokenizers import UnknownWord
from llmcourse.errors import CourseError
from llmcourse.inference.answers import Answer, Candidate
from llmcourse.inference.pipelines import SentimentPipeline, listed, pipeline, said
from llmcourse.model import BERT, GPT, ModelConfig, SequenceClassifier
from llmcourse.model.span_head import SpanReader
from llmcourse.training import predict

TOKENIZER = WordTokenizer.for_world(World())
BODIES = [text[: text.rindex(". ", 0, -8) + 1] for text in (RING, APPLES, FOX)]


def shaken(model):
    """Weights large enough that different texts get different answers."""
    generator = torch.Generator().manual_seed(1)
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.add_(torch.randn(parameter.shape, generator=generator) * 0.15)
    return model.eval()


def config(**more):
    return ModelConfig(vocab_size=TOKENIZER.vocab_size, context=96, d_model=16, n_layers=2, n_heads=2, **more)


@pytest.fixture(scope="module")
def gpt():
    return shaken(GPT(config()))


@pytest.fixture(scope="module")
def sentiment():
    return pipeline("sentiment", shaken(SequenceClassifier(GPT(config()), 2)), TOKENIZER)


@pytest.fixture(scope="module")
def reader():
    return pipeline("answer", shaken(SpanReader(BERT(config(n_segments=2)))), TOKENIZER)


def test_an_unknown_task_names_the_three():
    with pytest.raises(CourseError, match="'nonsense': choose one of 'sentiment', 'answer', 'generate'"):
        pipeline("nonsense")


def test_a_model_comes_with_its_tokenizer_and_is_of_the_right_kind(gpt):
    for given in ({"model": gpt}, {"tokenizer": TOKENIZER}):
        with pytest.raises(CourseError, match="belong together"):
            pipeline("generate", **given)
    with pytest.raises(CourseError, match="'answer' wants a SpanReader, and this is a GPT"):
        pipeline("answer", gpt, TOKENIZER)


def test_sentiment_of_many_is_that_of_each_in_order(sentiment):
    texts = [*BODIES, "Mia was sad."] * 3
    together = sentiment(texts, about="Mia", batch_size=5)
    for text, found in zip(texts, together, strict=True):
        alone = sentiment(text, about="Mia")
        assert alone.label == found.label
        assert alone.probability == pytest.approx(found.probability, abs=1e-5)
        assert sum(found.probabilities.values()) == pytest.approx(1, abs=1e-5)
    assert sentiment([]) == []


def test_sentiment_is_what_the_classifier_says(sentiment):
    text = f"Mia was sad. {feeling_question('Mia')}"
    wanted = predict(sentiment.model, [text], TOKENIZER)[0, 1].item()
    assert sentiment(text).probabilities["happy"] == pytest.approx(wanted, abs=1e-5)
    assert sentiment("Mia was sad.", about="Mia").probabilities["happy"] == pytest.approx(wanted, abs=1e-5)


def test_sentiment_a_text_that_is_too_long(sentiment):
    long = " ".join(BODIES)
    with pytest.raises(CourseError, match="text 1 has .* tokens with its question, and the model reads at most 96"):
        sentiment(["Mia was sad.", long], about="Leo")
    for out in ("beginning", "end"):
        row = sentiment.row(0, long, "Leo", out)
        assert len(row) == 96 and TOKENIZER.decode(row).endswith("How did Leo feel at the end?")
    assert "Leo was not gloomy" in TOKENIZER.decode(sentiment.row(0, long, "Leo", "beginning"))
    with pytest.raises(CourseError, match="too_long='middle'"):
        sentiment(long, too_long="middle")


@pytest.mark.parametrize(
    ("texts", "about", "match"),
    [("", None, "text 0 is empty"), (["Mia was sad."], ["Mia", "Tom"], "1 texts and 2 names")],
)
def test_sentiment_bad_input(sentiment, texts, about, match):
    with pytest.raises(CourseError, match=match):
        sentiment(texts, about=about)


@pytest.mark.parametrize("texts", [7, None, [1, 2], ["Mia", None], b"Mia"])
def test_what_is_no_text(texts):
    with pytest.raises(CourseError, match="a text or a list of texts"):
        listed(texts)


def test_a_text_that_asks_nothing(sentiment):
    with pytest.raises(CourseError, match="text 1 asks nothing: say whose feeling is meant"):
        sentiment(["How did Mia feel at the end?", "Mia was sad."])
    plain = SentimentPipeline(sentiment.model, TOKENIZER, ("bad", "good"), asks=False)
    assert plain("Mia was sad.").label in ("bad", "good")


def test_words_and_classes_that_are_not_there(sentiment):
    with pytest.raises(UnknownWord, match="'dragon'"):
        sentiment("Mia met a dragon.")
    with pytest.raises(CourseError, match="2 classes, and there are 3 labels"):
        SentimentPipeline(sentiment.model, TOKENIZER, ("bad", "middling", "good"))


def test_answers_stand_where_they_say(reader):
    questions = ["Who lost the ring?", "How many apples were there?", "What was the name of the fox?"]
    found = reader(questions, BODIES, threshold=100)
    for each, body, question in zip(found, BODIES, questions, strict=True):
        assert each and each.text == body[each.start : each.end]
        assert 0 < each.confidence <= 1
        assert reader(question, body, threshold=100).text == each.text
    silent = reader(questions, BODIES[0], threshold=-100)
    assert len(silent) == 3 and not any(silent) and silent[0].start is None
    assert len(reader("Who lost the ring?", BODIES)) == 3
    assert reader([], []) == [] and reader("Who?", []) == []


def test_a_context_of_any_length_is_read(reader):
    long = " ".join([*BODIES, *BODIES])
    found = reader("Who lost the ring?", long, threshold=100)
    assert found.text == long[found.start : found.end]


@pytest.mark.parametrize(
    ("question", "context", "match"),
    [
        (["Who?", "What?"], ["Mia sang."] * 3, "2 questions and 3 contexts"),
        ("", "Mia sang.", "question '0' has no"),
        ("Who?", " ", "question '0' has no"),
        (" ".join(BODIES), "Mia sang.", "nothing is left for the text"),
    ],
)
def test_answer_bad_input(reader, question, context, match):
    with pytest.raises(CourseError, match=match):
        reader(question, context)


def test_confidence_is_the_share_of_what_is_said():
    answer = Answer("Tom", -1.0, (Candidate(0, 3, "Tom", 2.0), Candidate(5, 8, "Mia", 0.5)))
    shares = torch.tensor([1.0, 2.0, 0.5]).softmax(-1)  # "not here" scored 1
    assert said(answer, 0).confidence == pytest.approx(shares[1].item())
    assert said(answer, -2) == pytest.approx(said(answer, -2)) and not said(answer, -2)
    assert said(answer, -2).confidence == pytest.approx(shares[0].item())


def test_many_prompts_are_continued_as_each_alone(gpt):
    write = pipeline("generate", gpt, TOKENIZER)
    prompts = ["Mia", "Tom the sailor", "Anna", "", "Mia"]
    for settings in ({}, {"temperature": 1.0, "seed": 3}):
        together = write(prompts, max_new_tokens=12, batch_size=2, **settings)
        for number, (prompt, found) in enumerate(zip(prompts, together, strict=True)):
            alone = settings | ({"seed": 3 + number} if settings else {})
            assert write(prompt, max_new_tokens=12, **alone) == found
            assert found.text.startswith(prompt)
    assert write([]) == []


def test_a_prompt_that_fills_the_context_comes_back(gpt):
    write = pipeline("generate", gpt, TOKENIZER)
    full = " ".join(["Mia"] * 95)  # and <bos>
    found = write(full)
    assert (found.text, found.new, found.finished) == (full, "", False)
    with pytest.raises(CourseError, match="97 tokens, and the model reads at most 96"):
        write(["Mia", full + " Mia"])
    for wrong in ({"batch_size": 0}, {"max_new_tokens": -1}, {"temperature": -1}):
        with pytest.raises(CourseError):
            write("Mia", **wrong)


class TestTheCoursesOwn:
    """What `pipeline(task)` gives without a model: those that come with the course."""

    def test_a_story_with_either_end(self):
        feels, story = pipeline("sentiment"), RING[: RING.index("Mia was happy")]
        ends = [f"{story}Mia was happy in the end.", f"{story}Tom was glad, but Mia was sad."]
        assert [found.label for found in feels(ends, about="Mia")] == ["happy", "unhappy"]

    def test_an_answer_and_its_place(self):
        found = pipeline("answer")(["Who lost the ring?", "Where was the ring?"], BODIES[0])
        assert [each.text for each in found] == ["Mia", "under a stone"]
        assert BODIES[0][found[1].start : found[1].end] == "under a stone"

    def test_a_story_of_this_world(self):
        found = pipeline("generate")("Mia the baker")
        assert found.finished and World().is_story(found.text)
