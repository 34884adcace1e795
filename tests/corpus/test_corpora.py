import pytest

from llmcourse.corpus import WordTokenizer, World, load
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
    assert str(caught.value) == f"there is no corpus {name!r}: choose one of world, tinyshakespeare{hint}"


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
