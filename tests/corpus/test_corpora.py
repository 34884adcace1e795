import os
from collections import Counter
from pathlib import Path

import pytest

from llmcourse.corpus import Labelled, WordTokenizer, World, load
from llmcourse.corpus.corpora import read_labelled
from llmcourse.errors import CourseError


@pytest.fixture(scope="module")
def corpus():
    return load("world")


def test_the_world_is_three_lists_of_stories_with_their_source(corpus):
    assert corpus.name == "world"
    assert isinstance(corpus.world, World)
    assert min(len(corpus.train), len(corpus.validation), len(corpus.test)) >= 500
    for text in corpus.train[:20] + corpus.validation[-20:] + corpus.test[-20:]:
        assert corpus.world.why_not(text) is None


def test_the_parts_are_disjoint(corpus):
    train, validation, test = map(set, (corpus.train, corpus.validation, corpus.test))
    assert len(train | validation | test) == len(corpus.train) + len(corpus.validation) + len(corpus.test)


def test_the_tokenizer_knows_every_word_and_every_story_fits_the_context(corpus):
    tokenizer = corpus.tokenizer()
    assert isinstance(tokenizer, WordTokenizer)
    longest = max(len(tokenizer.encode(t, bos=True, eos=True)) for t in corpus.train + corpus.validation + corpus.test)
    assert longest <= 128


def test_the_name_and_the_sizes_are_shown(corpus):
    assert repr(corpus).startswith(f"Corpus('world', {len(corpus.train):,} + ")


@pytest.mark.parametrize(("name", "hint"), [("wrold", "; did you mean 'world'?"), ("xyz", "")])
def test_an_unknown_name_is_answered_with_the_known_ones(name, hint):
    with pytest.raises(CourseError) as caught:
        load(name)
    assert str(caught.value) == f"there is no corpus {name!r}: choose one of world, tinyshakespeare, sst2{hint}"


def test_a_missing_file_says_how_to_make_it(tmp_path, monkeypatch):
    (tmp_path / "world").mkdir()
    monkeypatch.setenv("LLMCOURSE_DATA", str(tmp_path))
    with pytest.raises(CourseError, match=r"train\.txt is missing; run: llmcourse data build"):
        load("world")


def test_windows_line_ends_do_not_become_part_of_a_story(tmp_path, monkeypatch):
    (tmp_path / "world").mkdir()
    for part in ("train", "validation", "test"):
        (tmp_path / "world" / f"{part}.txt").write_bytes(b"Mia ran.\r\nTom sat.\r\n")
    monkeypatch.setenv("LLMCOURSE_DATA", str(tmp_path))
    assert load("world").train == ["Mia ran.", "Tom sat."]


def test_the_world_has_no_labels_and_says_so(corpus):
    with pytest.raises(CourseError, match="world has no labels for 'train': nobody has labelled its documents"):
        corpus.labelled("train")


def test_labelled_texts_are_read_line_by_line(tmp_path):
    path = tmp_path / "some.tsv"
    path.write_bytes(b"good fun\t1\r\ndull\tand long\t0\n")
    assert read_labelled(path, 2) == [Labelled("good fun", 1), Labelled("dull\tand long", 0)]
    for wrong in ("fine\t1\nno label\n", "fine\t1\nbad\t2\n", "fine\t1\nbad\tx\n", "fine\t1\nbad\t-1\n"):
        path.write_text(wrong, encoding="utf-8")
        with pytest.raises(CourseError, match="line 2: there must be a text, a tab and a label from 0 to 1"):
            read_labelled(path, 2)


MIRROR = os.environ.get("LLMCOURSE_MIRROR", "")


@pytest.mark.skipif(not (MIRROR and Path(MIRROR, "sst2-test.tsv").is_file()), reason="LLMCOURSE_MIRROR has no sst2")
def test_sst2_has_the_sentences_that_papers_count(monkeypatch):
    monkeypatch.setenv("LLMCOURSE_MIRROR", MIRROR)
    sst2 = load("sst2")
    assert [len(part) for part in (sst2.train, sst2.validation, sst2.test)] == [6920, 872, 1821]
    assert Counter(example.label for example in sst2.labelled("test")) == {0: 912, 1: 909}
    tokenizer = sst2.tokenizer()
    assert max(len(tokenizer.encode(text, bos=True)) for text in sst2.train) <= 64
    with pytest.raises(CourseError, match="sst2 has no labels for 'dev': choose one of train, validation, test"):
        sst2.labelled("dev")
