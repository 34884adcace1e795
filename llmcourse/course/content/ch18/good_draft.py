"""An open task: a draft that the large model likes to hear."""
# mypy: allow-untyped-defs, allow-incomplete-defs

from functools import cache

import torch

from llmcourse.course.open_task import open_task
from llmcourse.inference.speculative import generate_speculative
from llmcourse.model import GPT, pretrained

GOAL = 3.5  # tokens for one call of the large model
K, STORIES = 4, 12


@cache
def large():
    return pretrained("gpt-world")


def is_a_function(trial):
    draft = trial.result
    if isinstance(draft, GPT):
        return "Give it a function from ids to probabilities; of a GPT, `gpt_draft(model)` makes one."
    if not callable(draft):
        return f"Give it a function from a list of ids to probabilities; this is a {type(draft).__name__}."
    tokenizer = large()[1]
    q = draft([tokenizer.bos_id, *tokenizer.encode("Mia the baker")])
    if not isinstance(q, torch.Tensor) or q.shape != (tokenizer.vocab_size,):
        return f"The draft should return a tensor with {tokenizer.vocab_size} probabilities, one for each token."
    if (q < 0).any() or abs(q.sum() - 1) > 1e-3:
        return f"What the draft returns sums to {q.sum():.3g}; probabilities sum to 1."
    return None


def saves_calls(trial):
    model, tokenizer = large()
    calls = written = kept = judged = 0
    for seed in range(STORIES):
        dice = torch.Generator().manual_seed(seed)
        done = generate_speculative(
            model, trial.result, [tokenizer.bos_id], 127, K, stop_id=tokenizer.eos_id, generator=dice
        )
        calls, written = calls + done.calls, written + len(done.ids) - 1
        kept, judged = kept + done.kept, judged + done.judged
    if kept > 0.98 * judged:
        return "Nearly nothing is refused: this draft seems to be the large model itself, which saves nothing."
    if written < GOAL * calls:
        return (
            f"It gives {written / calls:.2f} tokens for each call of the large model, {kept / judged:.0%} of those "
            f"judged were kept; the goal is {GOAL}. Which words are refused most often?"
        )
    return None


GOOD_DRAFT = open_task(
    key="good_draft",
    title="A draft that is worth its while",
    task=f"Find a draft, without the large model's help, that gives at least {GOAL} tokens for each call of gpt-world "
    f"with k = {K}, and check the function itself: from a list of ids to a tensor of probabilities.",
    minutes=30,
    kind=lambda ids: ids,
    judged=f"on {STORIES} stories",
    tests=[is_a_function, saves_calls],
    hints=[
        "Which words does the large model refuse? Print some of them with the words before: names and things, mostly.",
        "A story uses the same few names, places and things again. Counting over *all* stories does not know which.",
        "Multiply the counted probability of every token that has occurred in this story by some factor, and divide "
        "by the sum. Try factors from 2 to 10.",
        "A longer memory helps too: an `NgramModel` of order 6 on 10,000 stories takes two seconds.",
    ],
    solution_code="""
import torch
from llmcourse.analysis.ngrams import NgramModel
from llmcourse.corpus import load

stories = load("world")
words = stories.tokenizer()
table = NgramModel(stories.train[:10_000], words, order=6)

def good_draft(ids):
    q = torch.tensor([table.probability(token, ids) for token in range(words.vocab_size)])
    q[list(set(ids))] *= 8  # a story comes back to what it is about
    return q / q.sum()
""",
)
