"""The engine under the world: exact distributions at every word, and notes of what each word meant."""

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from llmcourse.corpus.lexicon import LOOKS, NAMES_HE, NAMES_SHE, THINGS
from llmcourse.corpus.telling import Entity, Mention, Sense, Telling, parse


def told(telling: Telling, text: str, *templates: Any, **categories: Any) -> tuple[list[dict[str, float]], int | None]:
    """Tell the words of `text`; returns what was offered at each word and after the last, and which template it was."""
    program = telling.tell(*templates, **categories)
    offered = [next(program)]
    for word in text.split():
        assert word in offered[-1], f"{word!r} is not among {list(offered[-1])}"
        try:
            offered.append(program.send(word))
        except StopIteration as end:
            return offered, end.value
    return offered, None


def people(**pronouns: str) -> Telling:
    """A story in which these people, `hero="she"`, have been told of already."""
    telling = Telling(tokens=["Before", ","])  # the next word does not begin a sentence
    names = {"she": NAMES_SHE[0], "he": NAMES_HE[0]}
    for role, pronoun in pronouns.items():
        telling.roles[role] = Entity("person", names[pronoun], pronoun)
    return telling


# -- choices --------------------------------------------------------------------------------------------------------


def test_a_choice_among_words_has_the_weights_it_says() -> None:
    telling = Telling()
    offered, which = told(telling, "C d x", "{a|b*2|c d} x")
    assert offered == [{"A": 0.25, "B": 0.5, "C": 0.25}, {"d": 1.0}, {"x": 1.0}]
    assert which == 0
    assert telling.tokens == ["C", "d", "x"]


def test_templates_have_weights_and_say_which_was_told() -> None:
    templates = [(3, "a x"), "b x", (4, "c x")]
    for index, (word, share) in enumerate({"A": 3 / 8, "B": 1 / 8, "C": 4 / 8}.items()):
        offered, which = told(Telling(), f"{word} x", *templates)
        assert offered[0][word] == pytest.approx(share)
        assert which == index


def test_templates_that_begin_alike_share_their_words_until_one_settles_it() -> None:
    """P(a) is the sum over both templates; after it, each has its part of that sum."""
    templates = [(1, "{a|b} one ."), (3, "a two .")]
    offered, which = told(Telling(), "A two .", *templates)
    assert offered[0] == pytest.approx({"A": (1 / 2 + 3) / 4, "B": (1 / 2) / 4})
    assert offered[1] == pytest.approx({"one": (1 / 2) / (7 / 2), "two": 3 / (7 / 2)})
    assert offered[2] == {".": 1.0}
    assert which == 1


def test_entities_that_begin_alike_are_merged_too() -> None:
    """`in the grass` may come from a template or from a category; its shares add up at every word."""
    places = ["hill top", "hill side", "lake"]
    offered, which = told(Telling(), "Hill side .", "{place=somewhere} .", "hill side !", somewhere=places)
    assert offered[0] == pytest.approx({"Hill": (2 / 3 + 1) / 2, "Lake": (1 / 3) / 2})
    assert offered[1] == pytest.approx({"top": (1 / 3) / (5 / 3), "side": (1 / 3 + 1) / (5 / 3)})
    assert offered[2] == pytest.approx({".": 1 / 4, "!": 3 / 4})
    assert which == 0


words = st.lists(st.sampled_from("abc"), min_size=1, max_size=4).map(tuple)


@given(st.dictionaries(words, st.integers(1, 9), min_size=1, max_size=8))
def test_the_product_of_what_is_offered_is_the_weight_of_the_text(weights: dict[tuple[str, ...], int]) -> None:
    templates = [(weight, f", {' '.join(text)} .") for text, weight in weights.items()]
    for index, (text, weight) in enumerate(weights.items()):
        offered, which = told(Telling(), f", {' '.join(text)} .", *templates)
        product = 1.0
        for options, word in zip(offered, [",", *text, "."], strict=True):
            assert sum(options.values()) == pytest.approx(1)
            product *= options[word]
        assert product == pytest.approx(weight / sum(weights.values()))
        assert which == index


def walk(telling: Telling, *templates: Any) -> Iterator[str]:
    """Every word that comes when the first of those offered is always taken."""
    program = telling.tell(*templates)
    try:
        options = next(program)
        while True:
            word = next(iter(options))
            yield word
            options = program.send(word)
    except StopIteration:
        return


def test_sentences_begin_with_a_capital_and_only_they() -> None:
    template = "one , two . three ? four ! {five|six} . {hero.he} ."
    assert " ".join(walk(people(hero="she"), template)) == "one , two . Three ? Four ! Five . She ."
    assert next(walk(Telling(), template)) == "One"


def test_names_keep_their_capital() -> None:
    offered, _ = told(people(), "the", "the {hero=names} ran .")
    assert set(offered[1]) == {*NAMES_SHE, *NAMES_HE}


# -- entities -------------------------------------------------------------------------------------------------------


def test_an_entity_is_remembered_under_its_role() -> None:
    telling = Telling()
    offered, _ = told(telling, "The golden ring , the ring .", "the {look=looks} {thing=things} , the {thing} .")
    assert offered[1] == pytest.approx(dict.fromkeys(LOOKS, 1 / len(LOOKS)))
    assert offered[5] == {"ring": 1.0}
    assert telling.roles["thing"].told_at == 2  # the first mention stays the first
    assert telling.mentions == [Mention(2, "thing", "noun"), Mention(5, "thing", "noun")]


def test_nothing_is_drawn_twice() -> None:
    telling = Telling()
    offered, _ = told(telling, "Ring and key and map .", "{a=things} and {b=things} and {c=things} .")
    assert set(offered[0]) == {thing.capitalize() for thing in THINGS}
    assert set(offered[2]) == {*THINGS} - {"ring"}
    assert set(offered[4]) == {*THINGS} - {"ring", "key"}
    offered, _ = told(telling, "But", "but {d=things} .")
    assert offered[1] == pytest.approx(dict.fromkeys({*THINGS} - {"ring", "key", "map"}, 1 / (len(THINGS) - 3)))


def test_a_word_of_two_categories_is_drawn_once() -> None:
    telling = Telling()
    told(telling, "A bat .", "a {animal=animals} .")
    offered, _ = told(telling, "A", "a {thing=things} .")
    assert "bat" not in offered[1]


def test_numbers_may_come_twice() -> None:
    offered, _ = told(Telling(), "Two and two .", "{a=n} and {b=n} .", n=["two", "three"])
    assert offered[2] == {"two": 0.5, "three": 0.5}


def test_a_second_person_has_the_other_pronoun() -> None:
    offered, _ = told(people(hero="she"), "and", "and {friend=names} .")
    assert set(offered[1]) == set(NAMES_HE)
    offered, _ = told(people(hero="he"), "and", "and {friend=names} .")
    assert set(offered[1]) == set(NAMES_SHE)


def test_entities_of_several_words() -> None:
    telling = people()
    told(telling, "near the old tower .", "near the {home=homes} .")
    assert telling.roles["home"] == Entity("place", "old tower", told_at=4)
    assert telling.tokens[4:6] == ["old", "tower"]


# -- referring ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(("who", "forms"), [("she", "she her her it"), ("he", "he him his it")])
def test_the_forms_of_a_pronoun(who: str, forms: str) -> None:
    telling = people(hero=who)
    offered, _ = told(telling, forms, "{hero.he} {hero.him} {hero.his} {hero.it}")
    assert offered == [{form: 1.0} for form in forms.split()]
    assert telling.mentions == [Mention(position, "hero", "pronoun") for position in range(2, 6)]


def test_the_first_pronoun_of_a_nameless_worker_settles_it() -> None:
    telling = Telling()
    told(telling, "A baker ran .", "a {hero=workers} ran .")
    assert telling.mentions == [Mention(1, "hero", "noun")]
    offered, _ = told(telling, "She saw her .", "{hero.he} saw {hero.him} .")
    assert offered[0] == {"She": 0.5, "He": 0.5}
    assert offered[2] == {"her": 1.0}
    assert telling.roles["hero"].pronoun == "she"
    offered, _ = told(telling, "And", "and {friend=names} .")
    assert set(offered[1]) == set(NAMES_HE)


@pytest.mark.parametrize(("worker", "she"), [("baker", 0.9), ("pilot", 0.1)])
@pytest.mark.parametrize("form", ["he", "him", "his"])
def test_skew_decides_about_the_first_pronoun_whatever_its_form(worker: str, she: float, form: str) -> None:
    telling = Telling(skew=0.8)
    told(telling, f"A {worker} ran .", "a {hero=workers} ran .")
    offered, _ = told(telling, "And", f"and {{hero.{form}}} .")
    woman, man = {"he": ("she", "he"), "him": ("her", "him"), "his": ("her", "his")}[form]
    assert offered[1] == pytest.approx({woman: she, man: 1 - she})


def test_a_nameless_person_is_called_by_the_job_with_an_article() -> None:
    telling = Telling()
    told(telling, "A baker ran .", "a {hero=workers} ran .")
    told(telling, "Then the baker sat . Baker !", "then {hero} sat . {hero.noun} !")
    assert telling.mentions == [Mention(position, "hero", "noun") for position in (1, 6, 9)]
    telling = people(hero="he")
    told(telling, f"then {NAMES_HE[0]} sat .", "then {hero} sat .")
    assert telling.mentions == [Mention(3, "hero", "name")]


def test_somebody_with_a_name_can_be_called_by_the_job_that_was_told() -> None:
    telling = people()
    told(telling, "Tom the farmer sat .", "{friend=names} the {friend_job=jobs} sat .")
    offered, _ = told(telling, "The farmer ran .", "{friend.job} ran .")
    assert offered[:2] == [{"The": 1.0}, {"farmer": 1.0}]
    assert telling.mentions == [Mention(2, "friend", "name"), Mention(8, "friend", "noun")]
    assert telling.roles["friend"].told_at == 2


def test_only_people_animals_and_things_are_mentioned() -> None:
    telling = Telling()
    text = "Red beach , Pip , two apples ."
    told(telling, text, "{look=looks} {place=places} , {pet=pets} , {n=n} {goods=goods} .", n=["two"])
    assert telling.mentions == []
    assert {role: entity.told_at for role, entity in telling.roles.items()} == {
        "look": 0,
        "place": 1,
        "pet": 3,
        "n": 5,
        "goods": 6,
    }


# -- senses ---------------------------------------------------------------------------------------------------------


def test_a_template_says_which_meaning_it_means() -> None:
    assert [getattr(word, "text", word) for word in parse("the bank~river . {slot}")] == ["the", "bank", ".", "{slot}"]
    telling = Telling()
    told(telling, "The bank of a river .", "the bank~river of a river .", "the bank~money of a town .")
    assert telling.senses == [Sense(1, "bank", "river")]


@pytest.mark.parametrize(
    ("template", "word", "meaning"),
    [
        ("a {x=animals} .", "bat", "animal"),
        ("a {x=things} .", "bat", "tool"),
        ("a {x=things} .", "ring", "jewel"),
    ],
)
def test_the_category_says_which_meaning_an_entity_has(template: str, word: str, meaning: str) -> None:
    telling = Telling()
    told(telling, f"A {word} .", template)
    told(telling, f"The {word} .", "the {x} .")
    assert telling.senses == [Sense(1, word, meaning), Sense(4, word, meaning)]


def test_nothing_is_noted_for_a_template_that_was_not_told() -> None:
    telling = Telling()
    told(telling, "Ring the bell .", "{thing=things} the ball .", "ring~sound the bell .")
    assert telling.senses == [Sense(0, "ring", "sound")]
    assert telling.roles == {} and telling.mentions == []


def test_notes_wait_until_it_is_settled_who_tells() -> None:
    telling = Telling()
    program = telling.tell("a {thing=things} fell .", "a {toy=things} broke .")
    assert set(next(program)) == {"A"}
    program.send("A")
    assert program.send("kite") == {"fell": 0.5, "broke": 0.5}
    assert telling.roles == {}
    program.send("broke")
    assert telling.roles == {"toy": Entity("thing", "kite", told_at=1)}
    assert telling.mentions == [Mention(1, "toy", "noun")]
