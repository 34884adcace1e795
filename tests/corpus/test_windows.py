"""Windows over a long text, and answers between characters and tokens."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmcourse.corpus import BPETokenizer, CharTokenizer, WordTokenizer
from llmcourse.corpus.squad import SpanQuestion
from llmcourse.corpus.tokenizers.offsets import token_offsets
from llmcourse.corpus.windows import NO_ANSWER, strides, token_span, windows
from llmcourse.errors import CourseError

CONTEXT = "Mia lost a golden ring. Tom found the golden ring, and Mia was happy."
QUESTION = SpanQuestion("1", "Who found it?", CONTEXT, ("Tom",), (24,))
TOKENIZER = WordTokenizer.for_texts([CONTEXT, QUESTION.question])


class TestTokenOffsets:
    def test_words(self):
        assert token_offsets(TOKENIZER, "Mia lost  it.") == [(0, 3), (4, 8), (10, 12), (12, 13)]

    @given(st.text(max_size=40))
    def test_characters_and_bytes(self, text):
        for tokenizer in (CharTokenizer.for_texts([text or "a"]), BPETokenizer.train(["Zoë was là"], 262)):
            offsets = token_offsets(tokenizer, text)
            assert len(offsets) == len(tokenizer.encode(text))
            covered = {place for start, end in offsets for place in range(start, end)}
            assert covered == set(range(len(text)))

    def test_a_part_of_a_character_takes_the_whole(self):
        assert token_offsets(BPETokenizer([]), "aé") == [(0, 1), (1, 2), (1, 2)]

    def test_a_tokenizer_that_changes_the_text(self):
        with pytest.raises(CourseError, match="changes what it reads"):
            token_offsets(BPETokenizer([], add_prefix_space=True), "a")


class TestTokenSpan:
    offsets = ((0, 0), (0, 3), (4, 8), (9, 11), (11, 12), (0, 0))

    @pytest.mark.parametrize(
        ("start", "end", "span"), [(0, 3, (1, 1)), (4, 11, (2, 3)), (5, 7, (2, 2)), (2, 5, (1, 2)), (10, 12, (3, 4))]
    )
    def test_by_hand(self, start, end, span):
        assert token_span(self.offsets, start, end) == span

    def test_nothing_there(self):
        with pytest.raises(CourseError, match="characters 3 to 4"):
            token_span(self.offsets, 3, 4)


class TestStrides:
    def test_by_hand(self):
        assert strides(10, 4, 3) == [(0, 4), (3, 7), (6, 10)]
        assert strides(11, 4, 3) == [(0, 4), (3, 7), (6, 10), (9, 11)]
        assert strides(3, 4, 2) == [(0, 3)]

    @given(st.integers(0, 60), st.integers(1, 12), st.data())
    def test_every_stretch_that_fits_the_overlap_is_whole_in_a_window(self, n, size, data):
        stride = data.draw(st.integers(1, size))
        pieces = strides(n, size, stride)
        assert pieces[0][0] == 0
        assert pieces[-1][1] == n
        assert all(end - start <= size for start, end in pieces)
        length = size - stride + 1
        for begin in range(n - length + 1):
            assert any(start <= begin and begin + length <= end for start, end in pieces)

    @pytest.mark.parametrize("stride", [0, 5])
    def test_a_stride_that_leaves_tokens_out(self, stride):
        with pytest.raises(CourseError, match=f"a stride of {stride} .* must be 1 to 4"):
            strides(10, 4, stride)


class TestWindows:
    def test_one_window(self):
        (window,) = windows(QUESTION, TOKENIZER)
        assert TOKENIZER.tokens(window.ids)[:3] == ["<bos>", "Mia", "lost"]
        assert TOKENIZER.tokens(window.ids)[-5:] == ["Who", "found", "it", "?", "<eos>"]
        assert window.segments == (0,) + (1,) * (len(window.ids) - 6) + (0,) * 5
        assert len(window.offsets) == len(window.ids)
        assert window.text(*window.target) == "Tom"

    @given(st.integers(7, 30), st.integers(1, 10))
    def test_a_target_is_the_answer_or_nothing(self, size, stride):
        read = windows(QUESTION, TOKENIZER, size, stride)
        assert {window.text(*window.target) for window in read} <= {"Tom", ""}
        assert any(window.target != NO_ANSWER for window in read)
        assert all(len(window.ids) <= size for window in read)

    def test_an_answer_that_the_edge_cuts(self):
        question = SpanQuestion("1", "Who found it?", CONTEXT, ("golden ring",), (11,))
        cut = windows(question, TOKENIZER, size=10, stride=4)[0]  # Mia lost a golden
        assert cut.text(1, 4) == "Mia lost a golden"
        assert cut.target == NO_ANSWER

    def test_without_an_answer(self):
        (window,) = windows(SpanQuestion("2", "Who found it?", CONTEXT), TOKENIZER)
        assert window.target == NO_ANSWER

    def test_a_question_that_leaves_no_room(self):
        with pytest.raises(CourseError, match="'1' has 4 tokens: in a window of 6"):
            windows(QUESTION, TOKENIZER, size=6)

    def test_a_gap_behind_the_question(self):
        tokenizer = WordTokenizer.for_texts([CONTEXT, QUESTION.question], special=("<mask>",))
        (plain,), (window,) = windows(QUESTION, tokenizer), windows(QUESTION, tokenizer, gap=True)
        assert tokenizer.tokens(window.ids[-5:]) == ["found", "it", "?", "<mask>", "<eos>"]
        assert window.ids[:-2] == plain.ids[:-1]
        assert window.target == plain.target
        assert len(window.ids) == len(window.segments) == len(window.offsets)
        with pytest.raises(CourseError, match="mask"):
            windows(QUESTION, TOKENIZER, gap=True)
