"""Exercise: top-p."""
# mypy: allow-untyped-defs, allow-incomplete-defs

from llmcourse.course.content.ch17.shared import TRUNCATION_TESTS, back_to_ids, keep, logs
from llmcourse.course.exercise import Exercise
from llmcourse.inference.truncation import top_p


def top_p_with(descending=True, exclusive=True, back=True):
    def answer(logits, p):
        ranked, by_rank = logits.softmax(-1).sort(dim=-1, descending=descending, stable=True)
        before = ranked.cumsum(-1) - (ranked if exclusive else 0)
        stays = before < p
        stays[..., 0] = True
        return keep(logits, back_to_ids(stays, by_rank) if back else stays)

    return answer


TOP_P = Exercise(
    key="top_p",
    title="Top-p",
    task="Write `top_p(logits, p)`: as few of the likeliest tokens stay as together have a probability of at least p; "
    "all others become -inf.",
    difficulty=2,
    minutes=8,
    answer=top_p,
    cases={
        "for probabilities 0.5, 0.25, 0.15, 0.1 and p = 0.6": lambda draw: (logs(0.5, 0.25, 0.15, 0.1), 0.6),
        "for the same in another order": lambda draw: (logs(0.1, 0.5, 0.15, 0.25), 0.6),
        "for a batch": lambda draw: (2 * draw(3, 9), 0.8),
        "for a tiny p": lambda draw: (draw(2, 6), 0.01),
        "for p = 1": lambda draw: (draw(2, 6), 1.0),
    },
    tests=TRUNCATION_TESTS,
    known_mistakes={
        "one too few": (
            top_p_with(exclusive=False),
            "Your tokens together have *less* than p: the one that reaches p has to stay as well. Ask what all "
            "likelier tokens have together, without the token itself.",
        ),
        "ranks for ids": (
            top_p_with(back=False),
            "You decide by rank, and apply it by id: the first column after sorting is not token 0. `scatter` the "
            "decision back to where each token stands.",
        ),
        "from the bottom": (
            top_p_with(descending=False),
            "You sort from small to large, and so collect p among the unlikeliest.",
        ),
    },
    hints=[
        "On paper: sorted, 0.5 + 0.25 = 0.75 is the first sum to reach 0.6. So two tokens stay.",
        "`sort(descending=True, stable=True)` gives the probabilities by rank, and the ids by rank. `cumsum` adds up.",
        "A token goes when all *likelier* ones together have p or more: `ranked.cumsum(-1) - ranked >= p`. The first "
        "one never goes, as nothing is likelier.",
        "Back from ranks to ids: `torch.zeros_like(too_late).scatter(-1, by_rank, too_late)`, then `masked_fill`.",
    ],
)
