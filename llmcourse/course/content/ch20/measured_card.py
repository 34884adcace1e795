"""Exercise: a model card that says what was measured."""
# mypy: allow-untyped-defs, allow-incomplete-defs

from llmcourse.analysis.measured_card import FIGURES, SECTIONS, measured_card, shown
from llmcourse.corpus.lexicon import JOBS
from llmcourse.course.exercise import Exercise


def has_all_sections(trial):
    card = trial.result
    if not isinstance(card, dict):
        return "Return a dictionary: the title of each section, and its text."
    missing = [title for title in SECTIONS if title not in card]
    if missing:
        return f"The section {missing[0]!r} is missing. All nine are in `SECTIONS`."
    for title in SECTIONS:
        if not isinstance(card[title], str) or len(card[title].split()) < 4:
            return f"The section {title!r} says too little: write at least a sentence."
    return None


def says_what_was_measured(trial):
    figures, shares = trial.inputs
    card = trial.result
    for name, section in FIGURES.items():
        if shown(figures[name]) not in card[section]:
            return (
                f"The {name} is {shown(figures[name])} {trial.case}, and the section {section!r} does not say so. "
                "Take it from `figures`, as `shown` writes it: a number typed in by hand is right only once."
            )
    for job, share in shares.items():
        text = card["quantitative analyses"]
        if job not in text or shown(share) not in text:
            return (
                f"In 'quantitative analyses' the share of {job} is missing: a mean over all jobs hides who it is about."
            )
    return None


def warns(trial):
    words = trial.result["caveats and recommendations"].split()
    if len(words) < 10:
        return (
            "The caveats fit into a breath. For whom is this model not, and what do your numbers not say? Ten words at "
            "least."
        )
    return None


def card_with(change):
    def answer(figures, shares):
        card = measured_card(figures, shares)
        change(card, figures, shares)
        return card

    return answer


def typed_in(card, figures, shares):
    typed = measured_card(dict.fromkeys(FIGURES, 0.12), dict.fromkeys(JOBS, 0.5))
    card.update(typed)


def only_a_mean(card, figures, shares):
    mean = sum(shares.values()) / len(shares)
    f = {name: shown(value) for name, value in figures.items()}
    card["quantitative analyses"] = (
        f"Loss {f['loss']}, floor {f['floor']}, learned skew {f['learned skew']}; p(she) {mean:.2f} in the mean."
    )


def no_secrets(card, figures, shares):
    card["ethical considerations"] = "None are known to the author of this card."


def no_caveats(card, figures, shares):
    card["caveats and recommendations"] = "Use with care, please."


def case(skew, learned, loss, exposed, parameters):
    shares = {job: 0.5 + (1 - 2 * (place % 2)) * learned / 2 - place / 50 for place, job in enumerate(JOBS)}
    figures = {"parameters": parameters, "injected skew": skew, "learned skew": learned, "loss": loss}
    return lambda draw: (figures | {"floor": loss - 0.02, "highest exposure": exposed}, shares)


MEASURED_CARD = Exercise(
    key="measured_card",
    title="A card for your model",
    task="Write `measured_card(figures, shares)`: a dictionary with a text for each of the nine `SECTIONS`, in which "
    "each of the `FIGURES` stands in its section, and p(she) of each job in 'quantitative analyses'.",
    difficulty=2,
    minutes=20,
    answer=measured_card,
    compare=False,
    cases={
        "for one model": case(0.6, 0.57, 0.81, 13.29, 141_696),
        "for another model": case(0.3, 0.22, 0.79, 2.5, 33_904),
    },
    tests=[has_all_sections, says_what_was_measured, warns],
    known_mistakes={
        "typed in": (
            card_with(typed_in),
            "Take it from `figures`, as `shown` writes it: a number typed in by hand is right only once.",
        ),
        "only a mean": (
            card_with(only_a_mean),
            "a mean over all jobs hides who it is about",
        ),
        "a section missing": (
            card_with(lambda card, figures, shares: card.pop("intended use")),
            "The section 'intended use' is missing.",
        ),
        "silent about secrets": (
            card_with(no_secrets),
            "the section 'ethical considerations' does not say so",
        ),
        "no caveats": (
            card_with(no_caveats),
            "The caveats fit into a breath.",
        ),
    },
    hints=[
        "Begin with `{title: '' for title in SECTIONS}` and fill them one by one. `FIGURES` says which figure belongs "
        "where.",
        "`f\"Learned skew {shown(figures['learned skew'])}.\"` puts a measured figure into a sentence.",
        "The shares by job: `', '.join(f'{job} {shown(share)}' for job, share in shares.items())`.",
        "The words are yours. For 'caveats and recommendations': what was not measured, and what must nobody do with "
        "this model?",
    ],
)
