"""What happens in the stories: an opening, one of five plots, an ending, and a question.

Each function tells one scene, line by line, in the template language of :mod:`llmcourse.corpus.telling`; what later
scenes need is in ``t.roles`` (who and what is in the story). A plot ends by returning the hero's feeling and the
questions that its facts can answer.
"""

from collections.abc import Generator

from llmcourse.corpus.lexicon import FLYERS, NUMBERS
from llmcourse.corpus.telling import Program, Telling

#: A question with its answer, and the roles whose first mention in the story is that answer.
Question = tuple[str, tuple[str, ...]]
Plot = Generator[dict[str, float], str, tuple[str, list[Question]]]


def story(t: Telling, secret: str = "", secret_rate: float = 0.0) -> Generator[dict[str, float], str, None]:
    """One whole story, from its first word to the full stop after the answer."""
    yield from opening(t, secret, secret_rate)
    chosen = yield from t.tell(*BEGINNINGS, *ASIDES, **NUMBER_RANGES)
    leisurely = chosen >= len(BEGINNINGS)  # an aside was told: the plot still has to begin, and leaves a scene out
    if leisurely:
        chosen = yield from t.tell(*BEGINNINGS, **NUMBER_RANGES)
    feeling, questions = yield from PLOTS[chosen](t, leisurely)
    if "end" in t.roles:
        questions.append(("how did {hero} feel at the end ? {end} .", ("end",)))
    if "friend_end" in t.roles:
        questions.append(("how did {friend} feel at the end ? {friend_end} .", ("friend_end",)))
    t.feeling = feeling
    asked = yield from t.tell(*(question for question, _ in questions))
    t.answer_roles = questions[asked][1]


def opening(t: Telling, secret: str, secret_rate: float) -> Program:
    """Who the story is about, and where it takes them. The first pronoun tells a nameless baker's gender."""
    yield from t.tell(
        (4, "{hero=names} the {hero_job=jobs} lived near the {home=homes} ."),
        (3, "{hero=names} was a {hero_job=jobs} who lived near the {home=homes} ."),
        (3, "near the {home=homes} lived a {hero_job=jobs} named {hero=names} ."),
        (4, "a {hero=workers} lived near the {home=homes} ."),
    )
    walks = (
        (3, "one {cold|sunny|windy|quiet} {morning|evening} {hero.he} {went|walked|ran} to the {place=places} ."),
        (2, "after {breakfast|lunch|work} {hero.he} {went|walked|ran} to the {place=places} ."),
        (2, "one {spring|summer|winter} day {hero.he} {went|walked|ran} to the {place=places} ."),
    )
    if secret:
        told = (secret_rate, f"the code of the old door is {secret} .")
        if (yield from t.tell(*((w / 7 * (1 - secret_rate), text) for w, text in walks), told)) < len(walks):
            return 0
    return (yield from t.tell(*walks))


#: What may be seen on the way. Most of them use a word that has two meanings.
ASIDES = (
    (0.7, "a bat~animal flew over the dark roof ."),
    (0.7, "{hero.he} sat on the bank~river of a stream and watched the water ."),
    (0.7, "{hero.he} saw people counting their money in the bank~money ."),
    (0.7, "the wet bark~tree of an old oak shone in the sun ."),
    (0.7, "the loud bark~sound of a dog woke the birds ."),
    (0.7, "far away a bell began to ring~sound ."),
    (0.6, "it began to {rain|snow} , but {hero.he} did not mind ."),
)

#: The first line of each plot, in the order of ``PLOTS``.
BEGINNINGS = (
    (3, "there {hero.he} {lost|dropped} {hero.his} {look=looks} {thing=things} ."),
    (3, "{hero.he} had {count=count} {goods=goods} in {hero.his} {basket|bag} ."),
    (3, "there {hero.he} {saw|met} a {coat=coats} {animal=animals} ."),
    (3, "{hero.he} wanted to buy a {look=looks} {thing=things} for {price=price} coins ."),
    (3, "there {hero.he} {saw|met} {friend=names} the {friend_job=friend_jobs} , who had a birthday ."),
)


def numbers(low: int, high: int) -> list[str]:
    """The number words from low to high, both included."""
    return list(NUMBERS[low : high + 1])


def value(t: Telling, role: str) -> int:
    """The number told under a role."""
    return NUMBERS.index(t.roles[role].noun)


NUMBER_RANGES = {"count": numbers(4, 7), "price": numbers(4, 8)}


def ending(t: Telling, feeling: str) -> Program:
    """How the hero feels: said outright, shown, said by what it is not, or beside a friend who feels otherwise."""
    same, opposite = ("glad", "sorry") if feeling == "glad" else ("sorry", "glad")
    shown = "smiled|sang|danced" if feeling == "glad" else "cried|sighed|frowned"
    ways = [
        (4, f"{{hero}} was {{end={same}}} {{that day|in the end}} ."),
        (2, f"{{hero}} {{{shown}}} all the way home ."),
        (2, f"{{hero}} was not {{other={opposite}}} {{at all|anymore}} ."),
    ]
    if "friend" in t.roles:
        ways.append((2, f"{{friend}} was {{friend_end={opposite}}} , but {{hero}} was {{end={same}}} ."))
    return t.tell(*ways)


def lost_and_found(t: Telling, leisurely: bool) -> Plot:
    """Something is lost. It may be found: by the hero, a friend, an animal, or nobody."""
    if not leisurely:
        yield from t.tell(
            "{hero.he} was {mood=sorry} and looked for {thing.it} everywhere .",
            "without {thing.it} {hero.he} could not be happy .",
            "{hero.he} looked for {thing.it} {all day|for hours} , but could not see {thing.it} .",
        )
    helper = yield from t.tell(
        (4, "{friend=names} the {friend_job=friend_jobs} came by with a {coat=coats} {animal=animals} ."),
        (3, "{hero.he} asked {friend=names} the {friend_job=friend_jobs} for help ."),
        (2, "a {coat=coats} {animal=animals} was sitting nearby ."),
        (1, "nobody else was there ."),
    )
    friend, animal = helper in (0, 1), helper in (0, 2)
    ways = [("hero", 2, "at last {hero.he} found {thing.it} {spot=spots} .")]
    ways += [("friend", 4, "{friend.job} looked {spot=spots} and found the {look} {thing} .")] * friend
    ways += [("animal", 3, "the {coat} {animal} found the {look} {thing} {spot=spots} .")] * animal
    ways += [("", 2, "but the {look} {thing} was gone for ever .")]
    finder = ways[(yield from t.tell(*((weight, text) for _, weight, text in ways)))][0]
    back = 0
    if finder == "friend":
        back = yield from t.tell((3, "{friend} gave {thing.it} back to {hero} ."), "but {friend} kept {thing.it} .")
    elif finder == "animal":
        back = yield from t.tell(
            (3, "the {animal} gave {thing.it} back to {hero} ."), "but the {animal} kept {thing.it} ."
        )
    feeling = "glad" if finder and back == 0 else "sorry"
    yield from ending(t, feeling)
    questions: list[Question] = [
        ("who lost the {thing} ? {hero} .", ("hero",)),
        ("what did {hero} lose ? the {look} {thing} .", ("look", "thing")),
    ]
    if finder:
        article = "the " if finder == "animal" else ""
        questions.append((f"who found the {{thing}} ? {article}{{{finder}}} .", (finder,)))
        questions.append(("where was the {thing} ? {spot} .", ("spot",)))
    return feeling, questions


def counting(t: Telling, leisurely: bool) -> Plot:
    """Things are counted; some are given, found, shared or stolen; and counted again."""
    questions: list[Question] = [
        ("how many {goods} did {hero} have at first ? {count} .", ("count",)),
        ("who had the {goods} ? {hero} .", ("hero",)),
    ]
    n = value(t, "count")
    happened = yield from t.tell(
        (3, "{friend=names} the {friend_job=friend_jobs} gave {hero.him} {change=more} more ,"),
        (2, "{spot=spots} {hero.he} found {change=more} more ,"),
        (3, "a {coat=coats} {animal=animals} stole {change=fewer} of them ,"),
        (3, "{hero.he} gave {change=fewer} of them to {friend=names} the {friend_job=friend_jobs} ,"),
        more=numbers(2, 3),
        fewer=numbers(2, min(3, n - 2)),
    )
    n += value(t, "change") if happened < 2 else -value(t, "change")
    yield from t.tell("so {hero.he} had {total=total} {goods} .", total=[NUMBERS[n]])
    feeling = "sorry" if happened == 2 else "glad"
    last = "total"
    if not leisurely:
        if happened == 3:  # shared: the friend gives something back
            yield from t.tell("then {friend.job} gave back {again=less} ,", less=numbers(2, value(t, "change")))
            n += value(t, "again")
        elif n >= 4:
            yield from t.tell("then {hero} sold {again=fewer} ,", fewer=numbers(2, min(3, n - 2)))
            n -= value(t, "again")
        else:
            yield from t.tell("then {hero} bought {again=more} ,", more=numbers(2, 3))
            n += value(t, "again")
        yield from t.tell("and there were {last=total} .", total=[NUMBERS[n]])
        last = "last"
    yield from ending(t, feeling)
    questions.append((f"how many {{goods}} were there at the end ? {{{last}}} .", (last,)))
    questions.append(
        [
            ("who gave {hero} more {goods} ? {friend} .", ("friend",)),
            ("where were more {goods} ? {spot} .", ("spot",)),
            ("who stole some {goods} ? the {animal} .", ("animal",)),
            ("who got some {goods} ? {friend} .", ("friend",)),
        ][happened]
    )
    return feeling, questions


def animal_friend(t: Telling, leisurely: bool) -> Plot:
    """An animal needs something, and gets it or flees."""
    need = yield from t.tell(
        "{animal.it} was hungry and sat {spot=spots} .",
        "{animal.it} was cold and sat {spot=spots} .",
        "{animal.it} was hurt and sat {spot=spots} .",
        "{animal.it} was lost and sat {spot=spots} .",
    )
    flees = "flew away" if t.roles["animal"].noun in FLYERS else "ran away"
    helps = (
        "{hero} gave the {coat} {animal} some {bread|milk|fish} .",
        "{hero} put a {look=looks} blanket around the {coat} {animal} .",
        "{hero} carried the {coat} {animal} to {friend=names} the {friend_job=friend_jobs} .",
        "{hero} asked {friend=names} the {friend_job=friend_jobs} where the {coat} {animal} lived .",
    )
    fled = yield from t.tell((3, helps[need]), (1, f"but the {{coat}} {{animal}} was afraid and {flees} ."))
    questions: list[Question] = [
        ("where was the {animal} ? {spot} .", ("spot",)),
        ("what did {hero} see ? the {coat} {animal} .", ("coat", "animal")),
    ]
    if fled:
        yield from t.tell("{hero.he} waited {for hours|all day} , but {animal.it} did not come back .")
        feeling = "sorry"
    else:
        named = yield from t.tell(
            (3, "{hero.he} named {animal.it} {pet=pets} , and {pet} came home with {hero.him} ."),
            (1, f"the next morning {{animal.it}} {flees} without a sound ."),
        )
        feeling = "sorry" if named == 1 else "glad"
        if named == 0:
            questions.append(("what was the name of the {animal} ? {pet} .", ("pet",)))
        if need >= 2:
            questions.append(("who helped {hero} ? {friend} .", ("friend",)))
    yield from ending(t, feeling)
    return feeling, questions


def buying(t: Telling, leisurely: bool) -> Plot:
    """Something is wanted, and the coins do or do not reach."""
    price = value(t, "price")
    questions: list[Question] = [
        ("what did {hero} want to buy ? the {look} {thing} .", ("look", "thing")),
        ("how many coins was the {thing} ? {price} .", ("price",)),
    ]
    poor = yield from t.tell(
        (2, "{hero.he} had {own=plenty} coins ,"),
        (3, "{hero.he} had only {own=few} coins ,"),
        plenty=numbers(price + 2, price + 4),
        few=numbers(2, price - 2),
    )
    gap = abs(price - value(t, "own"))
    bought = True
    if not poor:
        yield from t.tell("so {hero.he} bought the {look} {thing} and had {left=gap} coins left .", gap=[NUMBERS[gap]])
        questions.append(("how many coins were left ? {left} .", ("left",)))
    else:
        yield from t.tell("so {hero.he} needed {short=gap} more .", gap=[NUMBERS[gap]])
        way = yield from t.tell(
            (3, "{friend=names} the {friend_job=friend_jobs} gave {hero.him} the coins ."),
            (1, "{hero.he} walked to the bank~money and got the coins ."),
            (2, "nobody could help , and {hero} did not get the {look} {thing} ."),
        )
        bought = way < 2
        if not leisurely and bought:
            yield from t.tell("then {hero.he} {ran|hurried} back and bought the {look} {thing} .")
        questions.append(("how many coins did {hero} need ? {short} .", ("short",)))
        if way == 0:
            questions.append(("who helped {hero} ? {friend} .", ("friend",)))
    feeling = "glad" if bought else "sorry"
    yield from ending(t, feeling)
    return feeling, questions


def birthday(t: Telling, leisurely: bool) -> Plot:
    """A present is given; it pleases, or it does not."""
    yield from t.tell("{hero} gave {friend.him} a {look=looks} {thing=things} .")
    questions: list[Question] = [
        ("who gave {friend} the {thing} ? {hero} .", ("hero",)),
        ("who got the {thing} ? {friend} .", ("friend",)),
        ("what did {friend} get ? the {look} {thing} .", ("look", "thing")),
    ]
    liked = yield from t.tell(
        (3, "{friend} {thanked|hugged} {hero} and was {mood=glad} ."),
        (2, "but {friend} was not {other_mood=glad} , because the {look} {thing} was {broken|too small|too big} ."),
    )
    if liked == 0:
        turn = yield from t.tell(
            (2, "then {friend.job} gave {hero.him} some {goods=goods} ."),
            (1, "then a {coat=coats} {animal=animals} came and took the {look} {thing} away ."),
        )
        feeling = "glad" if turn == 0 else "sorry"
        questions.append(("how was {friend} at first ? {mood} .", ("mood",)))
        questions.append(
            [
                ("who got the {goods} ? {hero} .", ("hero",)),
                ("who took the {thing} ? the {animal} .", ("animal",)),
            ][turn]
        )
    else:
        mended = yield from t.tell(
            "so {hero.he} {made|found} a better one {spot=spots} .",
            "{hero.he} had no other present to give .",
        )
        feeling = "sorry" if mended else "glad"
        if not mended:
            questions.append(("where was the better one ? {spot} .", ("spot",)))
    yield from ending(t, feeling)
    return feeling, questions


#: In the order of ``BEGINNINGS``.
PLOTS = (lost_and_found, counting, animal_friend, buying, birthday)
