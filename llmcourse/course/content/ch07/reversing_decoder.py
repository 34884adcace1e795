"""An open task: a decoder that reverses after all."""
# mypy: allow-untyped-defs, allow-incomplete-defs

import torch

from llmcourse.course.open_task import has_at_most, open_task
from llmcourse.inference.generate import generate
from llmcourse.model import GPT
from llmcourse.training.tasks import random_symbols

MOST_PARAMETERS = 16_000  # about those of the encoder in the notebook
LEAST_RIGHT = 0.99
MARK = 10  # the token that says: now write


def fits_the_task(trial):
    model = trial.result
    if model.config.vocab_size != MARK + 1 or model.config.context < 33:
        return (
            f"It needs the tokens 0 to {MARK}, and room for 16 symbols, the mark and 16 more: vocab_size=11, "
            f"context=33. Yours has vocab_size={model.config.vocab_size} and context={model.config.context}."
        )
    return None


def reverses(trial):
    symbols = random_symbols(200, torch.Generator().manual_seed(707))
    asked = torch.cat([symbols, torch.full((200, 1), MARK)], dim=1)
    written = generate(trial.result, asked.to(trial.result.device), max_new_tokens=16)[:, 17:].cpu()
    right = (written == symbols.flip(1)).all(dim=1).float().mean().item()
    if right < LEAST_RIGHT:
        by_symbol = (written == symbols.flip(1)).float().mean().item()
        return (
            f"It reverses {right:.0%} of 200 new sequences without a mistake ({by_symbol:.0%} of the symbols); the "
            f"goal is {LEAST_RIGHT:.0%}. Change one thing, and try again."
        )
    return None


REVERSING_DECODER = open_task(
    key="reversing_decoder",
    title="A decoder that reverses after all",
    task=f"Train a `GPT` of at most {MOST_PARAMETERS:,} parameters that reads 16 symbols and the mark {MARK}, and then "
    f"writes the symbols in reverse: {LEAST_RIGHT:.0%} of new sequences without a mistake. Check the model itself.",
    minutes=25,
    kind=GPT,
    judged="on new sequences",
    tests=[fits_the_task, has_at_most(MOST_PARAMETERS), reverses],
    hints=[
        "What a decoder lacked was having read everything before it has to speak. Put the whole sequence in front, and "
        "let it speak afterwards: 16 symbols, the mark, 16 symbols.",
        "One row is `torch.cat([x, mark, x.flip(1)], dim=1)`. Its targets are the row itself, one place further on; "
        "those over the first 16 places are random and teach nothing: set them to -100.",
        "Which of `learned`, `rotary` and `sinusoidal` positions makes it easy to say *the place that is as far before "
        "the mark as I am behind it*? Try them.",
        "One layer is enough. With a single head it hangs on the seed; two heads are safer, at no cost.",
    ],
    solution_code="""
import torch

from llmcourse.model import GPT, ModelConfig
from llmcourse.training.batches import Batch
from llmcourse.training.loss import causal_lm_loss
from llmcourse.training.tasks import learn, random_symbols


def read_then_write(generator):
    x = random_symbols(64, generator)
    row = torch.cat([x, torch.full((64, 1), 10), x.flip(1)], dim=1)
    targets = row[:, 1:].clone()
    targets[:, :16] = -100  # random symbols: nothing to learn there
    return Batch(row[:, :-1], targets)


reversing_config = ModelConfig(vocab_size=11, context=33, d_model=32, n_layers=1, n_heads=2, positions="learned")
reversing_decoder = GPT(reversing_config).initialize(seed=0)
learn(reversing_decoder, read_then_write, lambda m, b: causal_lm_loss(m(b.ids), b.targets), steps=400, lr=6e-3)
""",
)
