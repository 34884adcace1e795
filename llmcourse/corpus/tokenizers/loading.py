"""Read a `tokenizer.json`: those that this course writes, and byte-level BPE of other programs.

GPT-2, Llama 3, Qwen and many others are byte-level BPE. BERT's WordPiece and T5's Unigram are left to the library (see
`library.py`). What this course has no part for (another model, another way to
cut, tokens that swallow the blanks around them) is refused by its name; a tokenizer that gives other ids than the one
that a model was trained with is worse than none.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import regex

from llmcourse.corpus.tokenizers.bpe import BPETokenizer, pair_of
from llmcourse.corpus.tokenizers.characters import ANY_CHARACTER, CharTokenizer
from llmcourse.corpus.tokenizers.interface import SPECIAL_TOKENS, Tokenizer
from llmcourse.corpus.tokenizers.library import LibraryTokenizer
from llmcourse.corpus.tokenizers.pieces import GPT2_PATTERN
from llmcourse.corpus.tokenizers.words import WORD_PATTERN, WordTokenizer
from llmcourse.errors import CourseError


def load_tokenizer(path: str | Path, **roles: str | None) -> Tokenizer:
    """The tokenizer in this file. Raises CourseError where there is none, or it is of a kind that is not known here."""
    try:
        text = Path(path).read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CourseError(f"cannot read a tokenizer from {path}: {getattr(error, 'strerror', None) or error}") from None
    return tokenizer_from_json(text, **roles)


def tokenizer_from_json(text: str, **roles: str | None) -> Tokenizer:
    """The tokenizer of a `tokenizer.json`, given its content; also of the form that older checkpoints hold.

    `roles` name the special tokens of a file that calls them in its own way: `pad="<|endoftext|>"`, `bos=`, `eos=`.
    Raises CourseError for anything else, and names what it is that this course does not have.
    """
    try:
        saved = json.loads(text)
        if "kind" in saved:
            return _old_form(saved)
        model = dict(saved["model"])
        kind = model.get("type") or ("BPE" if "merges" in model else "WordLevel")
        if kind == "BPE":
            return _bpe(saved, model).with_roles(**(_template_roles(saved) | roles))
        if kind == "WordLevel":
            return _word_level(saved, model).with_roles(**roles)
        if kind in ("WordPiece", "Unigram"):
            return LibraryTokenizer(text).with_roles(**roles)
    except CourseError:
        raise
    except (ValueError, TypeError, KeyError, AttributeError, IndexError, RecursionError) as error:
        raise CourseError(f"this is not a saved tokenizer: {str(error)[:200]}") from None
    raise unsupported("the model", kind, "byte-level BPE, WordPiece, Unigram, and the course's words and characters")


def unsupported(part: str, found: Any, known: str) -> CourseError:
    return CourseError(f"this course cannot read the tokenizer: {part} is {found!r}, and it knows {known}")


def _old_form(saved: dict[str, Any]) -> Tokenizer:
    """{"kind": "word", "tokens": […]}: the form in checkpoints from before there was byte-level BPE."""
    kind, tokens = saved["kind"], [str(token) for token in saved["tokens"]]
    for cls in (WordTokenizer, CharTokenizer):
        if cls.kind == kind:
            return cls(tokens)
    raise CourseError(f"unknown kind of tokenizer {kind!r}: this version of llmcourse knows 'word' and 'character'")


def _word_level(saved: dict[str, Any], model: dict[str, Any]) -> Tokenizer:
    pattern = ((saved.get("pre_tokenizer") or {}).get("pattern") or {}).get("Regex")
    classes: dict[str, type[Tokenizer]] = {WORD_PATTERN: WordTokenizer, ANY_CHARACTER: CharTokenizer}
    if pattern not in classes:
        raise unsupported("its way to cut words", saved.get("pre_tokenizer"), "those that it writes itself")
    vocabulary, special, _ = _vocabulary(saved, model)
    extra = special[len(SPECIAL_TOKENS) :]
    words = vocabulary[len(SPECIAL_TOKENS) : len(vocabulary) - len(extra)]
    if [*SPECIAL_TOKENS, *words, *extra] != vocabulary:
        order = "<pad>, <bos>, <eos>, then words, then further special tokens"
        raise unsupported("the order of its vocabulary", vocabulary[:5], order)
    return classes[pattern](words, extra)


def _bpe(saved: dict[str, Any], model: dict[str, Any]) -> BPETokenizer:
    for setting in ("dropout", "continuing_subword_prefix", "end_of_word_suffix", "byte_fallback"):
        if model.get(setting):
            raise unsupported(f"the setting {setting}", model[setting], "BPE on bytes, without it")
    patterns, add_prefix_space = _cuts(saved.get("pre_tokenizer"))
    vocabulary, special, always = _vocabulary(saved, model)
    return BPETokenizer(
        [pair_of(merge) for merge in model["merges"]],
        special,
        patterns=patterns,
        vocabulary=vocabulary,
        always=always,
        forms=list(_forms(saved.get("normalizer"))),
        add_prefix_space=add_prefix_space,
        ignore_merges=bool(model.get("ignore_merges")),
    )


def _vocabulary(saved: dict[str, Any], model: dict[str, Any]) -> tuple[list[str], list[str], list[str]]:
    """(the token of each id, those that are special, those that are not but are found in every text)."""
    ids = {str(token): int(id) for token, id in model["vocab"].items()}
    special: list[str] = []
    always: list[str] = []
    for token in sorted(saved.get("added_tokens") or [], key=lambda token: token["id"]):
        content = token["content"]
        if odd := [name for name in ("single_word", "lstrip", "rstrip") if token.get(name)]:
            raise unsupported(f"the token {content!r}", odd[0], "tokens that are found exactly as they are spelled")
        ids[content] = int(token["id"])
        (special if token.get("special") else always).append(content)
    by_id = {id: token for token, id in ids.items()}
    if len(by_id) < len(ids) or min(by_id, default=0) < 0:
        raise CourseError("this is not a saved tokenizer: two of its tokens have the same id, or an id is negative")
    if max(by_id, default=0) > 2 * len(ids) + 1_000:
        raise CourseError(f"this is not a saved tokenizer: {len(ids)} tokens, and ids up to {max(by_id)}")
    unused = [id for id in range(max(by_id, default=-1) + 1) if id not in by_id]
    by_id |= {id: f"<unused {id}>" for id in unused}
    return [by_id[id] for id in range(len(by_id))], [*special, *(by_id[id] for id in unused)], always


def _cuts(pre_tokenizer: dict[str, Any] | None) -> tuple[list[str], bool]:
    """The patterns that cut a text, one after the other, and whether a space is put in front of it."""
    steps = _steps(pre_tokenizer, "pretokenizers")
    if not steps or steps[-1].get("type") != "ByteLevel":
        raise unsupported("its way to cut texts", pre_tokenizer, "byte-level BPE, whose last step is 'ByteLevel'")
    patterns = []
    for step in steps:
        kind = step["type"]
        if kind == "ByteLevel":
            patterns += [GPT2_PATTERN] if step.get("use_regex", True) else []
        elif kind == "Digits":
            patterns.append(r"\p{N}" if step["individual_digits"] else r"\p{N}+")
        elif kind == "Split" and step["behavior"] == "Isolated":
            pattern = step["pattern"]
            patterns.append(pattern["Regex"] if "Regex" in pattern else regex.escape(pattern["String"]))
        else:
            found = f"{kind} ({step['behavior']})" if kind == "Split" else kind
            raise unsupported("a step of its way to cut texts", found, "ByteLevel, Digits and Split (Isolated)")
    if sum(step["type"] == "ByteLevel" for step in steps) > 1:
        raise unsupported("its way to cut texts", "ByteLevel twice", "it once, at the end")
    add_prefix_space = bool(steps[-1].get("add_prefix_space", True))
    if add_prefix_space and len(steps) > 1:
        raise unsupported("its way to cut texts", "a space before each piece", "one before the whole text")
    return patterns, add_prefix_space


def _forms(normalizer: dict[str, Any] | None) -> Iterator[str]:
    for step in _steps(normalizer, "normalizers"):
        if step["type"] not in ("NFC", "NFD", "NFKC", "NFKD"):
            raise unsupported("its normalizer", step["type"], "the Unicode normal forms")
        yield step["type"]


def _steps(part: dict[str, Any] | None, inner: str) -> list[dict[str, Any]]:
    """A part of the file as the list of its steps, however deep they are packed."""
    if part is None:
        return []
    if part["type"] == "Sequence":
        return [step for each in part[inner] for step in _steps(each, inner)]
    return [part]


def _template_roles(saved: dict[str, Any]) -> dict[str, str | None]:
    """What a file's template puts in front of a text and behind it, where it has one."""
    roles: dict[str, str | None] = {}
    for step in _steps(saved.get("post_processor"), "processors"):
        role = "bos"
        for item in step.get("single", []) if step["type"] == "TemplateProcessing" else []:
            if "Sequence" in item:
                role = "eos"
            else:
                roles[role] = item["SpecialToken"]["id"]
    return roles
