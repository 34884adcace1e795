"""An open task: a beginning of a story after which the model is not what it should be."""
# mypy: allow-untyped-defs, allow-incomplete-defs

from functools import cache

from llmcourse.analysis.agreement import agreement
from llmcourse.corpus import World
from llmcourse.corpus.world import NotAStory
from llmcourse.course.compare import describe
from llmcourse.course.exercise import Exercise
from llmcourse.inference import next_token_probabilities

AT_MOST = 0.9  # of the probability, on which model and world still agree


@cache
def model_and_tokenizer():
    """The shipped model, loaded when the first answer is checked."""
    from llmcourse.model import pretrained

    return pretrained("gpt-world")


def is_a_text(trial):
    if not isinstance(trial.result, str):
        return f"Give the beginning of a story as a text, in quotation marks; this is {describe(trial.result)}."
    return None


def begins_a_story(trial):
    try:
        if not World().next_word(trial.result):
            return "This is a whole story, after which nothing comes. Leave out its last words."
    except NotAStory as reason:
        return f"No story begins like this: {str(reason).split(': ', 1)[1]}. The hunt is for beginnings that can be."
    return None


def they_differ(trial):
    model, tokenizer = model_and_tokenizer()
    said = next_token_probabilities(model, tokenizer, trial.result)
    share = agreement(said, World().next_word(trial.result))
    if share > AT_MOST:
        return (
            f"After your beginning, model and world agree on {share:.0%} of the probability; the goal is {AT_MOST:.0%} "
            "or less. Where is more needed than tossing a coin or copying a word?"
        )
    return None


WEAKNESS = Exercise(
    key="weakness",
    title="Hunt for a weakness",
    task=f"Find a beginning of a story after which model and world agree on at most {AT_MOST:.0%} of the probability, "
    "and check the text itself.",
    difficulty=2,
    minutes=20,
    answer=str,
    is_function=False,
    compare=False,
    use=lambda text: text,
    cases={"after your beginning": lambda draw: ()},
    tests=[is_a_text, begins_a_story, they_differ],
    hints=[
        "What is easy for the model: what stands word by word in the story, and what is the same in every story. What "
        "has to be worked out instead?",
        "Try what comes rarely, and late: things that are given and then given back, and counted again; a friend who "
        "is sad where the hero is glad, and a question about that.",
        "Let Python search: take the stories of `corpus.test`, cut each after every word, and keep the beginning with "
        "the smallest `agreement`.",
        "`join_words(split_words(story)[:n])` (both from `llmcourse.corpus`) are the first n words; "
        "`min(beginnings, key=...)` takes the one for which a function is smallest.",
    ],
    solution_code="""
from llmcourse.corpus import join_words


def how_alike(beginning):
    return agreement(next_token_probabilities(model, tokenizer, beginning), world.next_word(beginning))


beginnings = []
for text in corpus.test[:20]:
    tokens = split_words(text)
    beginnings += [join_words(tokens[:n]) for n in range(len(tokens))]
beginning = min(beginnings, key=how_alike)
print(f"{how_alike(beginning):.0%} after … {beginning[-60:]!r}")
""",
)
