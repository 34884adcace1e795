import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmcourse.corpus import CharTokenizer, UnknownWord, WordTokenizer, World, tokenizer_from_json
from llmcourse.errors import CourseError

ANIMALS = WordTokenizer(["Mia", "bear", "dog", "saw", "the", ".", "?"])
LETTERS = CharTokenizer.for_texts(["hello world", "\nHELLO"])


def test_ids_are_places_in_the_vocabulary_and_the_first_three_are_special():
    assert ANIMALS.vocabulary[:3] == ("<pad>", "<bos>", "<eos>")
    assert (ANIMALS.pad_id, ANIMALS.bos_id, ANIMALS.eos_id) == (0, 1, 2)
    assert ANIMALS.vocab_size == 3 + 7
    ids = ANIMALS.encode("Mia saw the dog.", bos=True, eos=True)
    assert ids == [1, 3, 6, 7, 5, 8, 2]
    assert ANIMALS.tokens(ids) == ["<bos>", "Mia", "saw", "the", "dog", ".", "<eos>"]
    assert ANIMALS.decode(ids) == "Mia saw the dog."


def test_bos_and_eos_are_added_only_when_asked_for():
    assert ANIMALS.encode("dog") == [5]
    assert ANIMALS.encode("dog", bos=True) == [1, 5]
    assert ANIMALS.encode("dog", eos=True) == [5, 2]
    assert ANIMALS.encode("") == []


@given(st.text(alphabet="helo wrdHELO\n"))
def test_characters_are_never_lost(text):
    assert LETTERS.decode(LETTERS.encode(text, bos=True, eos=True)) == text
    assert len(LETTERS.encode(text)) == len(text)


@given(st.integers(0, 2**31))
def test_stories_come_back_as_they_were(seed):
    world = World()
    tokenizer = WordTokenizer.for_world(world)
    text = world.story(seed=seed).text
    assert tokenizer.decode(tokenizer.encode(text)) == text


def test_the_tokenizer_of_a_world_knows_exactly_its_words():
    world = World()
    assert WordTokenizer.for_world(world).vocabulary[3:] == tuple(world.vocabulary)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("the zebra", "'zebra' is not in the vocabulary of 7 words; the nearest is 'bear'"),
        ("The dog", "'The' is not in the vocabulary of 7 words; the nearest is 'the'"),
        ("dogs", "'dogs' is not in the vocabulary of 7 words; the nearest is 'dog'"),
        ("77", "'77' is not in the vocabulary of 7 words"),
    ],
)
def test_an_unknown_word_is_named_with_its_nearest(text, message):
    with pytest.raises(UnknownWord) as caught:
        ANIMALS.encode(text)
    assert str(caught.value) == message
    assert caught.value.word in text


def test_an_unknown_character_is_named():
    with pytest.raises(UnknownWord, match=r"^'é' is not in the vocabulary of 13 characters$"):
        LETTERS.encode("é")


def test_a_text_cannot_hold_a_special_token():
    with pytest.raises(UnknownWord, match="'<'"):
        ANIMALS.encode("<bos> Mia")


@pytest.mark.parametrize("id", [10, -1, 999])
def test_an_id_outside_the_vocabulary_is_an_error_not_another_word(id):
    for method in (ANIMALS.tokens, ANIMALS.decode):
        with pytest.raises(CourseError, match=f"{id} is not the id of a token: ids run from 0 to 9"):
            method([4, id])


@pytest.mark.parametrize(
    ("cls", "tokens", "message"),
    [
        (WordTokenizer, ["dog", "bear", "dog"], "'dog' is there twice"),
        (WordTokenizer, ["two words"], "'two words' is not one word"),
        (WordTokenizer, [""], "'' is not one word"),
        (WordTokenizer, ["<eos>"], "'<eos>' is there twice"),
        (CharTokenizer, ["ab"], "'ab' is not one character"),
    ],
)
def test_a_vocabulary_that_cannot_be_is_refused(cls, tokens, message):
    with pytest.raises(CourseError, match=message):
        cls(tokens)


@pytest.mark.parametrize("tokenizer", [ANIMALS, LETTERS])
def test_json_gives_the_same_tokenizer_back(tokenizer):
    again = tokenizer_from_json(tokenizer.to_json())
    assert type(again) is type(tokenizer)
    assert again == tokenizer
    assert again.vocabulary == tokenizer.vocabulary
    assert hash(again) == hash(tokenizer)
    assert type(tokenizer).from_json(tokenizer.to_json()) == tokenizer


def test_tokenizers_with_other_tokens_or_of_another_kind_differ():
    assert WordTokenizer(["a", "b"]) != WordTokenizer(["b", "a"])
    assert WordTokenizer(["a"]) != CharTokenizer(["a"])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("not json", "not a saved tokenizer"),
        ("[]", "not a saved tokenizer"),
        (json.dumps({"kind": "word"}), "not a saved tokenizer"),
        (json.dumps({"kind": "bpe", "tokens": []}), "unknown kind of tokenizer 'bpe'"),
    ],
)
def test_what_is_no_tokenizer_is_refused_in_one_line(text, message):
    with pytest.raises(CourseError, match=message) as caught:
        tokenizer_from_json(text)
    assert "\n" not in str(caught.value)


WITH_MORE = [
    WordTokenizer(["Mia", "dog", "."], special=["<unk>", "<mask>"]),
    CharTokenizer.for_texts(["Mia dog."], special=["<unk>", "<mask>"]),
]


@pytest.mark.parametrize("tokenizer", WITH_MORE)
def test_further_special_tokens_come_last_so_that_no_id_changes(tokenizer):
    plain = type(tokenizer)(tokenizer.vocabulary[3:-2])
    assert tokenizer.vocabulary[:-2] == plain.vocabulary
    assert tokenizer.id_of("<mask>") == tokenizer.vocab_size - 1
    assert tokenizer.decode([tokenizer.id_of("<mask>")]) == ""
    assert tokenizer.tokens([tokenizer.id_of("<mask>")]) == ["<mask>"]
    assert tokenizer != plain
    assert tokenizer_from_json(tokenizer.to_json()) == tokenizer


def test_with_unk_an_unknown_word_is_no_error():
    tokenizer = WITH_MORE[0]
    assert tokenizer.tokens(tokenizer.encode("Mia saw a dog.")) == ["Mia", "<unk>", "<unk>", "dog", "."]


def test_special_tokens_are_found_in_a_text_only_when_asked_for():
    tokenizer = WITH_MORE[0]
    assert tokenizer.tokens(tokenizer.encode("<mask> dog<eos>", parse_special=True)) == ["<mask>", "dog", "<eos>"]
    assert tokenizer.id_of("<mask>") not in tokenizer.encode("<mask> dog")


@pytest.mark.parametrize(
    ("special", "message"),
    [(["<mask>", "<mask>"], "twice"), (["<bos>"], "twice"), (["dog"], "twice"), ([""], "needs a name")],
)
def test_special_tokens_that_cannot_be(special, message):
    with pytest.raises(CourseError, match=message):
        WordTokenizer(["dog"], special=special)


def test_a_vocabulary_of_words_from_texts_is_ordered_by_how_often_they_come():
    texts = ["the dog saw the bear", "the bear ran"]
    assert WordTokenizer.for_texts(texts).vocabulary[3:] == ("the", "bear", "dog", "ran", "saw")
    few = WordTokenizer.for_texts(texts, vocab_size=6, special=["<unk>"])
    assert few.vocabulary == ("<pad>", "<bos>", "<eos>", "the", "bear", "<unk>")


@pytest.mark.parametrize("cls", [WordTokenizer, CharTokenizer])
def test_one_text_is_no_list_of_texts(cls):
    with pytest.raises(CourseError, match="put it into a list"):
        cls.for_texts("the dog")


def test_a_role_can_be_given_to_another_token():
    other = WITH_MORE[0].with_roles(pad="<mask>")
    assert other.pad_id == other.id_of("<mask>")
    assert WITH_MORE[0].pad_id == 0
    with pytest.raises(CourseError, match="no role 'sep'"):
        other.with_roles(sep="<mask>")
    with pytest.raises(UnknownWord, match="'<sep>'"):
        other.with_roles(pad="<sep>")


def test_the_form_of_older_checkpoints_is_read():
    assert tokenizer_from_json(json.dumps({"kind": "word", "tokens": ANIMALS.vocabulary[3:]})) == ANIMALS
    assert tokenizer_from_json(json.dumps({"kind": "character", "tokens": LETTERS.vocabulary[3:]})) == LETTERS
