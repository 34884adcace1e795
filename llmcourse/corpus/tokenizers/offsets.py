"""Where in a text each token stands: the bridge from an answer, marked in characters, to a model, which sees tokens."""

from llmcourse.corpus.tokenizers.bpe import BPETokenizer
from llmcourse.corpus.tokenizers.byte_characters import to_bytes
from llmcourse.corpus.tokenizers.interface import Tokenizer
from llmcourse.errors import CourseError

Span = tuple[int, int]


def token_offsets(tokenizer: Tokenizer, text: str) -> list[Span]:
    """(start, end) in characters for each token of `tokenizer.encode(text)`.

    A token of byte-level BPE may be a part of a character; it is given the whole of it. Raises CourseError for a
    tokenizer that changes a text before it cuts it, so that its tokens stand nowhere.
    """
    tokens = tokenizer.split(text)
    if isinstance(tokenizer, BPETokenizer):
        return byte_offsets(tokens, text)
    spans: list[Span] = []
    for token in tokens:
        start = text.find(token, spans[-1][1] if spans else 0)
        if start < 0:
            raise CourseError(f"the token {token!r} does not stand in the text: this tokenizer changes what it reads")
        spans.append((start, start + len(token)))
    return spans


def byte_offsets(tokens: list[str], text: str) -> list[Span]:
    """The same, where each token is some bytes of the text and none is left out."""
    character_of = [place for place, letter in enumerate(text) for _ in letter.encode("utf-8")]
    spans, begin = [], 0
    for token in tokens:
        end = begin + len(to_bytes(token))
        if end > len(character_of):
            raise CourseError("the tokens have more bytes than the text: this tokenizer changes what it reads")
        spans.append((character_of[begin], character_of[end - 1] + 1))
        begin = end
    return spans
