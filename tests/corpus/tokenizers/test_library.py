"""Tokenizers of real models: the cuts of Llama 3, Qwen and SmolLM in our own BPE; the library's WordPiece."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tokenizers import Regex, decoders, models, normalizers, pre_tokenizers, processors, trainers
from tokenizers import Tokenizer as Library

from corpus.tokenizers.library import any_text
from corpus.tokenizers.test_loading import LLAMA_3
from llmcourse.corpus.languages import AROUND
from llmcourse.corpus.market import CODE
from llmcourse.corpus.tokenizers import BPETokenizer, LibraryTokenizer, tokenizer_from_json
from llmcourse.errors import CourseError

TEXTS = [*AROUND.values(), CODE, "It's 1,024 pages; they'll sell 3.5 of them in 2026!"] * 2
byte_level = pre_tokenizers.ByteLevel(add_prefix_space=False, use_regex=False)
isolated = pre_tokenizers.Split
CUTS = {
    "gpt2": pre_tokenizers.ByteLevel(add_prefix_space=False),
    "llama3": pre_tokenizers.Sequence([isolated(Regex(LLAMA_3), "isolated"), byte_level]),
    "qwen3": pre_tokenizers.Sequence([isolated(Regex(LLAMA_3.replace("{1,3}", "")), "isolated"), byte_level]),
    "smollm": pre_tokenizers.Sequence(
        [pre_tokenizers.Digits(individual_digits=True), pre_tokenizers.ByteLevel(add_prefix_space=False)]
    ),
}


def byte_bpe(cuts: Any, normalizer: Any = None) -> Library:
    library = Library(models.BPE())
    library.pre_tokenizer, library.decoder = cuts, decoders.ByteLevel()
    if normalizer is not None:
        library.normalizer = normalizer
    trainer = trainers.BpeTrainer(vocab_size=600, special_tokens=["<|endoftext|>"], show_progress=False,
                                  initial_alphabet=pre_tokenizers.ByteLevel.alphabet())  # fmt: skip
    library.train_from_iterator(TEXTS, trainer)
    return library


def word_piece() -> Library:
    library = Library(models.WordPiece(unk_token="[UNK]"))
    library.normalizer = normalizers.BertNormalizer(lowercase=True)
    library.pre_tokenizer = pre_tokenizers.BertPreTokenizer()
    library.decoder = decoders.WordPiece()
    special = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]"]
    library.train_from_iterator(TEXTS, trainers.WordPieceTrainer(vocab_size=500, special_tokens=special,
                                                                 show_progress=False))  # fmt: skip
    library.post_processor = processors.TemplateProcessing("[CLS] $A [SEP]", None, [("[CLS]", 2), ("[SEP]", 3)])
    return library


def unigram() -> Library:
    library = Library(models.Unigram())
    library.normalizer = normalizers.Nmt()
    library.pre_tokenizer, library.decoder = pre_tokenizers.Metaspace(), decoders.Metaspace()
    trainer = trainers.UnigramTrainer(vocab_size=300, special_tokens=["<pad>", "</s>", "<unk>"], unk_token="<unk>",
                                      show_progress=False)  # fmt: skip
    library.train_from_iterator(TEXTS, trainer)
    return library


@pytest.mark.parametrize("name", CUTS)
def test_our_bpe_cuts_as_real_models_do(name: str) -> None:
    library = byte_bpe(CUTS[name], normalizers.NFC() if name == "qwen3" else None)
    ours = tokenizer_from_json(library.to_str())
    assert isinstance(ours, BPETokenizer)

    @settings(max_examples=60)
    @given(any_text | st.text("ab12 .,'\nsé́-_") | st.sampled_from(TEXTS))
    def same(text: str) -> None:
        ids = library.encode(text).ids
        assert ours.encode(text) == ids
        assert ours.decode(ids) == library.decode(ids)

    same()


@pytest.mark.parametrize("make", [word_piece, unigram])
def test_the_library_behind_our_interface(make: Any) -> None:
    library = make()
    ours = tokenizer_from_json(library.to_str())
    assert isinstance(ours, LibraryTokenizer)
    assert ours.vocab_size == library.get_vocab_size()

    @settings(max_examples=40)
    @given(any_text | st.sampled_from(TEXTS))
    def same(text: str) -> None:
        expected = library.encode(text, add_special_tokens=False)
        assert ours.encode(text, parse_special=True) == expected.ids
        assert ours.decode(expected.ids) == library.decode(expected.ids)

    same()
    assert tokenizer_from_json(ours.to_json()) == ours
    if make is word_piece:
        assert ours.encode("the river", bos=True, eos=True) == library.encode("the river").ids
        assert (ours.pad_id, ours.bos_id, ours.eos_id) == (0, 2, 3)
        assert ours.id_of("[MASK]") not in ours.encode("a [MASK]")  # what a stranger types is text
        assert ours.id_of("[MASK]") in ours.encode("a [MASK]", parse_special=True)
    else:
        assert (ours.pad_id, ours.eos_id) == (0, 1)
        with pytest.raises(CourseError, match="has no bos token"):
            ours.encode("a", bos=True)
        assert ours.tokens(ours.encode("the"))[0].startswith(" ")


def test_what_is_no_tokenizer() -> None:
    for text in ("", "{}", '{"model": {"type": "WordPiece"}}', "null"):
        with pytest.raises(CourseError, match="not a saved tokenizer"):
            LibraryTokenizer(text)
