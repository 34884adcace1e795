from llmcourse.analysis.input_mistakes import question_first, without_bos
from llmcourse.corpus import WordTokenizer
from llmcourse.corpus.squad import SpanQuestion
from llmcourse.corpus.windows import windows

CONTEXT = "Mia lost a ring."
TOKENIZER = WordTokenizer.for_texts([CONTEXT, "Who lost it?"])
(WINDOW,) = windows(SpanQuestion("1", "Who lost it?", CONTEXT, ("Mia",), (0,)), TOKENIZER)


def test_the_same_tokens_in_another_order() -> None:
    turned = question_first(WINDOW)
    assert " ".join(TOKENIZER.tokens(turned.ids)) == "<bos> Who lost it ? Mia lost a ring . <eos>"
    assert turned.segments == (0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 0)
    assert turned.text(*turned.target) == "Mia"  # offsets have moved with the words


def test_only_the_first_token_is_missing() -> None:
    shorter = without_bos(WINDOW)
    assert (
        shorter.ids == WINDOW.ids[1:] and shorter.text(0, 0) == ""
    )  # (0, 0) means "nowhere", which is Mia's place now
    assert len(shorter.ids) == len(shorter.segments) == len(shorter.offsets)
