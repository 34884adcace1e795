"""`tokenizer.json`: what we write the library reads, and what it writes we read, with the same ids."""

import json
import math
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tokenizers import Regex, normalizers, pre_tokenizers, processors
from tokenizers import Tokenizer as Library

from corpus.tokenizers.library import any_text, trained_by_the_library
from llmcourse.corpus import BPETokenizer, CharTokenizer, WordTokenizer, World, load_tokenizer, tokenizer_from_json
from llmcourse.corpus.languages import AROUND
from llmcourse.corpus.market import CODE
from llmcourse.corpus.tokenizers.pieces import number_pattern
from llmcourse.errors import CourseError
from llmcourse.model import pretrained

TEXTS = [*AROUND.values(), CODE]
WORDS = WordTokenizer.for_texts([*TEXTS, "a_b ½ x² it's: so! (no)"], special=["<unk>", "<mask>"])
LETTERS = CharTokenizer.for_texts([chr(n) for n in range(0x250)], special=["<unk>"])
PAIRS = BPETokenizer.train(TEXTS * 2, 600, special=["<mask>"])
DIGITS = BPETokenizer.train(TEXTS, 400, patterns=[number_pattern()])
ALL = [WORDS, LETTERS, PAIRS, DIGITS, BPETokenizer.train(TEXTS, 400, patterns=[])]
LLAMA_3 = (
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+"
    r"|\s+(?!\S)|\s+"
)


@pytest.mark.parametrize("tokenizer", ALL, ids=range(len(ALL)))
def test_the_library_gives_the_same_ids_and_texts(tokenizer: Any) -> None:
    library = Library.from_str(tokenizer.to_json())

    @given(any_text | st.text("ab1 .,:\n\x1f'_é́") | st.sampled_from(TEXTS))
    def same(text: str) -> None:
        ids = tokenizer.encode(text)
        assert library.encode(text).ids == ids
        assert library.decode(ids) == tokenizer.decode(ids)

    same()
    spelled = "dog <mask><eos> dog<bos>."
    if tokenizer is not LETTERS:
        assert library.encode(spelled).ids == tokenizer.encode(spelled, parse_special=True)
    assert library.get_vocab_size() == tokenizer.vocab_size


@pytest.mark.parametrize("tokenizer", ALL, ids=range(len(ALL)))
def test_a_file_gives_the_same_tokenizer_back(tokenizer: Any, tmp_path: Path) -> None:
    path = tmp_path / "folder with a space" / "tokenizer.json"
    tokenizer.save(path)
    again = load_tokenizer(path)
    assert again == tokenizer
    assert (again.pad_id, again.bos_id, again.eos_id) == (0, 1, 2)
    assert Library.from_file(str(path)).get_vocab_size() == tokenizer.vocab_size


def test_stories_as_words_in_the_library() -> None:
    world = World()
    tokenizer = WordTokenizer.for_world(world)
    library = Library.from_str(tokenizer.to_json())
    for seed in range(20):
        text = world.story(seed=seed).text
        assert library.encode(text).ids == tokenizer.encode(text)
        assert library.decode(library.encode(text).ids) == text


def test_the_shipped_model_has_its_tokenizer() -> None:
    _, tokenizer = pretrained("gpt-world")
    assert tokenizer == WordTokenizer.for_world(World())


@pytest.fixture
def llama_like() -> Library:
    """Built as the tokenizers of Llama 3 and Qwen are, from a vocabulary of its own."""
    library = trained_by_the_library(TEXTS * 2, 500)
    model = json.loads(library.to_str())
    model["model"]["ignore_merges"] = True
    model["added_tokens"] = []
    library = Library.from_str(json.dumps(model))
    library.normalizer = normalizers.NFC()
    library.pre_tokenizer = pre_tokenizers.Sequence(
        [pre_tokenizers.Split(Regex(LLAMA_3), "isolated"), pre_tokenizers.ByteLevel(False, use_regex=False)]
    )
    library.add_special_tokens(["<|start|>", "<|end_of_text|>"])
    library.add_tokens(["<tool>"])
    begin = ("<|start|>", library.token_to_id("<|start|>"))
    library.post_processor = processors.TemplateProcessing(single="<|start|> $A", special_tokens=[begin])
    return library


def test_a_tokenizer_like_llama_3s(llama_like: Library) -> None:
    ours = tokenizer_from_json(llama_like.to_str())
    assert ours.tokens([ours.bos_id, ours.eos_id]) == ["<|start|>", "<|end_of_text|>"]
    with pytest.raises(CourseError, match="no pad token.*with_roles"):
        ours.pad_id
    padded = tokenizer_from_json(llama_like.to_str(), pad="<|end_of_text|>")
    assert padded.pad_id == padded.eos_id
    again = tokenizer_from_json(ours.to_json(), bos="<|start|>")
    assert again == ours

    @given(any_text | st.text("'sStT eé́\r\n 12345<") | st.sampled_from(["<tool> a<|start|>b  \n c", *TEXTS]))
    def same(text: str) -> None:
        theirs = llama_like.encode(text)
        assert ours.encode(text, bos=True, parse_special=True) == theirs.ids
        assert ours.decode(theirs.ids) == llama_like.decode(theirs.ids)

    same()
    assert ours.id_of("<tool>") in ours.encode("use <tool>")
    assert ours.id_of("<|start|>") not in ours.encode("say <|start|>")


@pytest.mark.parametrize(
    "make",
    [
        lambda: pre_tokenizers.ByteLevel(add_prefix_space=True),
        lambda: pre_tokenizers.Sequence([pre_tokenizers.Digits(True), pre_tokenizers.ByteLevel(False)]),
        lambda: pre_tokenizers.Sequence([pre_tokenizers.Digits(False), pre_tokenizers.ByteLevel(False)]),
        lambda: pre_tokenizers.Sequence([pre_tokenizers.Split(".", "isolated"), pre_tokenizers.ByteLevel(False)]),
        lambda: pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False),
    ],
    ids=["prefix space", "digits", "numbers", "text", "no fences"],
)
def test_other_ways_to_cut(make: Callable[[], Any]) -> None:
    library = trained_by_the_library(TEXTS * 2, 500)
    library.pre_tokenizer = make()
    ours = tokenizer_from_json(library.to_str())
    for text in (*TEXTS, "1234 x.y", " a", "a 12.5"):
        assert ours.encode(text) == library.encode(text).ids
        assert tokenizer_from_json(ours.to_json()).encode(text) == library.encode(text).ids


def changed(**parts: Any) -> str:
    return json.dumps(json.loads(PAIRS.to_json()) | parts)


def model(**settings: Any) -> dict[str, Any]:
    return {"model": json.loads(PAIRS.to_json())["model"] | settings}


def test_merges_as_texts_are_read_as_older_files_have_them() -> None:
    merges = [" ".join(pair) for pair in PAIRS.merges]
    assert tokenizer_from_json(changed(**model(merges=merges))) == PAIRS


def test_ids_that_no_token_has_are_named_and_never_used() -> None:
    token = json.loads(PAIRS.to_json())["added_tokens"][0] | {"id": 700, "content": "<late>"}
    tokenizer = tokenizer_from_json(changed(added_tokens=[token]))
    assert tokenizer.vocab_size == 701
    assert tokenizer.tokens([650, 700]) == ["<unused 650>", "<late>"]
    assert tokenizer.decode([650, 700]) == ""


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (changed(**model(type="Trigram")), "the model is 'Trigram'"),
        (changed(**model(type="Unigram")), "not a saved tokenizer"),
        (changed(**model(type="WordPiece")), "not a saved tokenizer"),
        (changed(**model(dropout=0.1)), "the setting dropout is 0.1"),
        (changed(**model(byte_fallback=True)), "the setting byte_fallback is True"),
        (changed(**model(end_of_word_suffix="</w>")), "the setting end_of_word_suffix is '</w>'"),
        (changed(**model(continuing_subword_prefix="##")), "the setting continuing_subword_prefix"),
        (changed(pre_tokenizer=None), "its way to cut texts is None"),
        (changed(pre_tokenizer={"type": "Metaspace"}), "'type': 'Metaspace'"),
        (
            changed(
                pre_tokenizer={
                    "type": "Sequence",
                    "pretokenizers": [
                        {"type": "Digits", "individual_digits": True},
                        {"type": "ByteLevel", "add_prefix_space": True},
                    ],
                }
            ),
            "a space before each piece",
        ),
        (changed(normalizer={"type": "Lowercase"}), "its normalizer is 'Lowercase'"),
        (changed(added_tokens=[{"id": 0, "content": "<pad>", "lstrip": True}]), "the token '<pad>' is 'lstrip'"),
        (changed(**model(vocab={"a": 0, "b": 0}, merges=[])), "the same id"),
        (changed(**model(vocab={"a": -1}, merges=[])), "negative"),
        (changed(**model(vocab={"a": 10**9}, merges=[])), "ids up to 1000000000"),
        (changed(**model(vocab={"a": math.nan}, merges=[])), "not a saved tokenizer"),
        (changed(**model(merges=[["a"]])), "not a saved tokenizer"),
        (changed(**model(merges=["a b c"])), "not a saved tokenizer"),
        (changed(**model(merges=[["zz", "q"]])), "needs the token 'zz'"),
        (changed(model=None), "not a saved tokenizer"),
        (changed(model=[]), "its way to cut words"),
        ("", "not a saved tokenizer"),
        ("null", "not a saved tokenizer"),
        ("[" * 100_000, "not a saved tokenizer"),
    ],
)
def test_what_is_not_known_here_is_named_in_one_line(text: str, message: str) -> None:
    with pytest.raises(CourseError, match=message) as caught:
        tokenizer_from_json(text)
    assert "\n" not in str(caught.value)


def test_words_of_another_program_are_refused() -> None:
    saved = json.loads(WORDS.to_json())
    with pytest.raises(CourseError, match="its way to cut words"):
        tokenizer_from_json(json.dumps(saved | {"pre_tokenizer": {"type": "Whitespace"}}))
    saved["model"]["vocab"] = {"dog": 0, "<pad>": 1}
    saved["added_tokens"] = []
    with pytest.raises(CourseError, match="the order of its vocabulary"):
        tokenizer_from_json(json.dumps(saved))


def test_files_that_are_none(tmp_path: Path) -> None:
    with pytest.raises(CourseError, match="cannot read a tokenizer from"):
        load_tokenizer(tmp_path / "none.json")
    with pytest.raises(CourseError, match="cannot read a tokenizer from"):
        load_tokenizer(tmp_path)
    (tmp_path / "picture").write_bytes(b"\x89PNG\xff")
    with pytest.raises(CourseError, match="cannot read a tokenizer from"):
        load_tokenizer(tmp_path / "picture")
    with pytest.raises(CourseError, match="not GPT-2's two files"):
        BPETokenizer.from_gpt2_files(tmp_path / "none.json", tmp_path / "none.bpe")
