"""From the pretrained GPT to one that follows instructions: ``llmcourse tune``.

Chapter 15 tunes for some seconds; the shipped `chat-world` is the same recipe with more steps and instructions.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from llmcourse.corpus.corpora import load
from llmcourse.corpus.instructions import TASKS, Instruction, instructions, judge
from llmcourse.corpus.tokenizers import Tokenizer
from llmcourse.device import pick_device
from llmcourse.inference.chat import replies
from llmcourse.model.gpt import GPT
from llmcourse.training.batches import Batches
from llmcourse.training.callbacks import ProgressBar
from llmcourse.training.chat import ReplyOnly, chat_rows, tuning_config, untuned
from llmcourse.training.evaluation import evaluate
from llmcourse.training.floors import floor
from llmcourse.training.loop import train
from llmcourse.training.shipping import ship

#: Steps of the shipped model, and how many instructions it has seen for each.
SHIPPED_STEPS = 2_000
INSTRUCTIONS_PER_STEP = 4
HELD_OUT_SEED = 1_000_000

CARD = """\
# Model card: {name}

## The model

The course's GPT (see `gpt-world.md`), tuned to follow four instructions about the stories of its world: answer the
question, count the sentences, continue the tale, give it a happier end. {parameters:,} parameters: the GPT's, and a row
more in the first and the last matrix for each mark of the chat template. Made by `llmcourse tune`; weights and
tokenizer are in one safetensors file. MIT licence.

## Training

{steps:,} steps of AdamW, 16 conversations each, on {instructions:,} instructions about fresh stories; only the replies
are scored. Seed {seed}.

## Results

On {judged} new instructions, by the world's own judge:

| instruction | likeliest reply is right |
|---|---|
{rows}

Of continuations drawn at temperature 1, {tales:.0%} are tales of the world. What it has forgotten: on plain validation
stories it now loses {validation_loss:.2f} nats per token; the floor is {floor:.2f}.

## Uses and limits

For chapter 15. It knows four instructions, all of them as marks: it cannot be asked in words. It was not taught to
refuse anything, and it says nothing about the real world.
"""


def share_right(model: GPT, tokenizer: Tokenizer, asked: Sequence[Instruction]) -> dict[str, float]:
    """For each task, the share of its instructions to which the model's likeliest reply is right."""
    right: dict[str, list[bool]] = {}
    for one, reply in zip(asked, replies(model, tokenizer, asked), strict=True):
        right.setdefault(one.task, []).append(bool(judge(one, reply)))
    return {task: sum(found) / len(found) for task, found in right.items()}


def tune(out: Path, steps: int | None = None, seed: int = 0) -> dict[str, float]:
    """Tune the course's GPT, save it to `out` with its card, and return the share of right replies by task."""
    out, steps = Path(out), steps or SHIPPED_STEPS
    model, tokenizer = untuned()
    model.to(pick_device())
    asked = instructions(INSTRUCTIONS_PER_STEP * steps, seed)
    batches = Batches(
        chat_rows(tokenizer, asked), tokenizer, model.config.context, 16, seed, objective=ReplyOnly(tokenizer)
    )
    history = train(model, batches, tuning_config(steps, seed=seed), [ProgressBar()])
    held_out = instructions(100 * len(TASKS), HELD_OUT_SEED)
    right = share_right(model, tokenizer, held_out)
    beginnings = [one for one in held_out if one.task == "continue"]
    drawn = replies(model, tokenizer, beginnings, temperature=1)
    stories = load("world").validation[:200]
    notes: dict[str, Any] = {
        "steps": len(history.losses),
        "instructions": len(asked),
        "seed": seed,
        "judged": len(held_out),
        "right": {task: round(share, 3) for task, share in right.items()},
        "tales": round(sum(map(bool, map(judge, beginnings, drawn))) / len(drawn), 3),
        "validation_loss": round(evaluate(model, stories, tokenizer), 4),
        "floor": round(floor(stories), 4),
    }
    ship(out, model, tokenizer, notes, chat_card)
    return right


def chat_card(name: str, model: GPT, notes: Mapping[str, Any]) -> str:
    """The card as Markdown, from the model and the notes that `tune` saves with it."""
    rows = "\n".join(f"| {task} | {share:.0%} |" for task, share in notes["right"].items())
    count = sum(parameter.numel() for parameter in model.parameters())
    return CARD.format(name=name, parameters=count, rows=rows, **notes)
