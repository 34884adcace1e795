"""Exercise: from characters to tokens."""
# mypy: allow-untyped-defs, allow-incomplete-defs

from llmcourse.corpus.windows import token_span
from llmcourse.course.exercise import Exercise


def two_places(trial):
    result = trial.result
    if not isinstance(result, tuple | list) or len(result) != 2:
        return "Return two numbers: the first token of the answer, and the last."
    first, last = result
    if not (isinstance(first, int) and isinstance(last, int)):
        return "Return two whole numbers: tokens are counted, from 0."
    if first > last:
        return f"Your answer begins at token {first} and ends at token {last}, before it has begun."
    return None


def all_of_it(trial):
    offsets, start, end = trial.inputs
    first, last = trial.result
    if last >= len(offsets):
        return f"There is no token {last}: the tokens are numbered from 0 to {len(offsets) - 1}."
    if offsets[first][0] > start or offsets[last][1] < end:
        return f"The tokens {first} to {last} do not cover the whole answer {trial.case}."
    return None


def touching(rule):
    """(first, last) token for which `rule(begin, stop, start, end)` holds: to write a mistake in a line."""

    def mistake(offsets, start, end):
        places = [place for place, (begin, stop) in enumerate(offsets) if rule(begin, stop, start, end)]
        return (places[0], places[-1]) if places else (0, 0)

    return mistake


def behind_the_last(offsets, start, end):
    first, last = token_span(offsets, start, end)
    return first, last + 1


STORY = ((0, 0), (0, 3), (4, 8), (9, 10), (11, 17), (18, 22), (22, 23), (0, 0))  # <bos> Mia lost a golden ring . <eos>

TOKEN_SPAN = Exercise(
    key="token_span",
    title="From characters to tokens",
    task="Write `token_span(offsets, start, end)`: the first and the last token that share a character with the "
    "answer, "
    "whose characters are `start` to `end - 1`. `offsets` holds (begin, stop) for each token; (0, 0) is no part of the "
    "text.",
    difficulty=1,
    minutes=10,
    answer=token_span,
    cases={
        "of one word": lambda draw: (STORY, 4, 8),
        "of two words": lambda draw: (STORY, 11, 22),
        "that begins the text": lambda draw: (STORY, 0, 3),
        "inside a token": lambda draw: (STORY, 12, 16),
        "from the middle of one token to the middle of another": lambda draw: (STORY, 6, 15),
        "that ends with a full stop": lambda draw: (STORY, 18, 23),
    },
    tests=[two_places, all_of_it],
    known_mistakes={
        "exact edges": (
            touching(lambda begin, stop, start, end: begin >= start and stop <= end and stop > begin),
            "You take only tokens that lie wholly inside the answer. An answer may begin or end in the middle of a "
            "token: then it takes the token whole.",
        ),
        "one too many": (
            behind_the_last,
            "You return the token *behind* the last one. The model learns to point at the last token itself.",
        ),
        "neighbours": (
            touching(lambda begin, stop, start, end: begin <= end and start <= stop and stop > begin),
            "You take a token that ends where the answer begins, or begins where it ends. `end` and `stop` are the "
            "first characters *outside*: compare with <, not with <=.",
        ),
        "characters": (
            lambda offsets, start, end: (start, end - 1),
            "You return places in the text, counted in characters. The model counts in tokens.",
        ),
        "words": (
            lambda offsets, start, end: (max(start // 5, 1), max((end - 1) // 5, 1)),
            "do not cover the whole answer",
        ),
    },
    hints=[
        "When do two stretches, `begin` to `stop` and `start` to `end`, share a character? Draw them on paper.",
        "They do if each begins before the other ends: `begin < end and start < stop`. (0, 0) never does.",
        "Collect the numbers of all tokens for which it holds: `enumerate(offsets)` counts for you.",
        "`touched = [place for place, (begin, stop) in enumerate(offsets) if begin < end and start < stop]`, then the "
        "first and the last of them.",
    ],
)
