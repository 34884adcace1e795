"""`llmcourse sample`, `attend` and `pretrain`: a language model from the command line."""

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from llmcourse.corpus import Tokenizer
    from llmcourse.model import GPT

Checkpoint = Annotated[
    Path | None,
    typer.Option("--checkpoint", metavar="FILE", help="A model of your own; else the shipped one.", show_default=False),
]


class Task(StrEnum):
    """What `llmcourse tune` can teach."""

    chat = "chat"
    sentiment = "sentiment"
    answers = "answers"


def sample(
    prompt: Annotated[str, typer.Argument(help="How the story begins; empty for the model's own beginning.")] = "",
    number: Annotated[int, typer.Option("-n", "--number", min=1, help="How many stories.")] = 1,
    temperature: Annotated[float, typer.Option(help="Below 1: safer words. Above 1: bolder ones.")] = 1.0,
    top_k: Annotated[int | None, typer.Option(help="Choose among the k likeliest words only.")] = None,
    top_p: Annotated[float | None, typer.Option(help="Choose among the words that hold this share.")] = None,
    seed: Annotated[int | None, typer.Option(help="The same seed gives the same stories.")] = None,
    checkpoint: Checkpoint = None,
) -> None:
    """Let the model write stories, and let the world that it learned from judge each of them.

    **Examples**

    - `llmcourse sample`
    - `llmcourse sample "Mia the baker" -n 3 --temperature 0.7 --seed 1`
    """
    from llmcourse.corpus import WordTokenizer, World
    from llmcourse.inference import sample_text

    model, tokenizer = _load(checkpoint)
    world = World()
    for index in range(number):
        story = sample_text(
            model,
            tokenizer,
            prompt,
            temperature=temperature,
            top_k=top_k,
            top_p=top_p,
            seed=None if seed is None else seed + index,
        )
        typer.echo(story)
        if isinstance(tokenizer, WordTokenizer):  # else the model learned from real text, which nobody can judge
            fault = world.why_not(story)
            typer.echo(f"✗ {fault}\n" if fault else "✓ a story of the world\n")


def attend(
    text: Annotated[str, typer.Argument(help="The words to look at, in quotes.")],
    out: Annotated[Path, typer.Option("--out", "-o", metavar="FILE", help="Where the page goes.")] = Path(
        "attention.html"
    ),
    checkpoint: Checkpoint = None,
) -> None:
    """Write a page that shows what each word of a text attends to, in every layer and head.

    The page is one file that needs no network: open it in any browser, send it to anyone. Where the text is a story of
    the world, or the beginning of one, it also shows whom each pronoun really means.

    **Examples**

    - `llmcourse attend "Mia the baker lived by the river. She"`
    - `llmcourse attend "Tom saw the cat. It ran." --out cat.html`
    """
    from llmcourse.corpus import World
    from llmcourse.viz.attention import attention_page
    from llmcourse.viz.weights import true_links

    model, tokenizer = _load(checkpoint)
    attention_page(model, tokenizer, text, out, links=true_links(World(), text))
    typer.echo(f"wrote {out}")


def pretrain(
    out: Annotated[
        Path | None,
        typer.Option(
            "--out",
            "-o",
            metavar="FILE",
            help="Where the model goes; else into runs, named after its family.",
            show_default=False,
        ),
    ] = None,
    family: Annotated[str, typer.Option(help="gpt, bert or encoder_decoder.")] = "gpt",
    seconds: Annotated[float | None, typer.Option(min=1, help="Train for so long.")] = None,
    steps: Annotated[int | None, typer.Option(min=1, help="Train for so many steps; else as many as it had.")] = None,
    resume: Annotated[bool, typer.Option("--resume", help="Go on where an interrupted run stopped.")] = False,
    seed: Annotated[int, typer.Option(help="Start values and order of the stories.")] = 0,
    corpus: Annotated[str, typer.Option(help="world, or tinyshakespeare: real text, fetched once.")] = "world",
    tokens: Annotated[str, typer.Option(help="For real text: characters, or bpe.")] = "characters",
) -> None:
    """Train a GPT, a BERT or an encoder-decoder on the story world, as the shipped one was trained, or a GPT on real
    text; Ctrl-C keeps what was learned so far.

    **Examples**

    - `llmcourse pretrain --seconds 120`
    - `llmcourse pretrain --family bert --seconds 300`
    - `llmcourse pretrain --corpus tinyshakespeare --tokens bpe`
    - `torchrun --nproc-per-node 2 -m llmcourse pretrain --steps 2000`, with two processes
    - `llmcourse pretrain --steps 6000 --out mine.safetensors`, then
      `llmcourse sample --checkpoint mine.safetensors`
    """
    from llmcourse.errors import CourseError
    from llmcourse.training.distributed import join
    from llmcourse.training.pretrain import pretrain as train
    from llmcourse.training.pretrain_text import pretrain_text
    from llmcourse.training.recipes import recipe

    unit = recipe(family).unit
    out = out or Path("runs") / f"{family.replace('_', '-')}-{corpus}.safetensors"
    with join() as team:  # of one, unless torchrun has started more
        if corpus == "world":
            loss = train(out=out, seconds=seconds, steps=steps, resume=resume, seed=seed, family=family)
            told = f"{unit} on the validation stories"
        elif family == "gpt":
            loss = pretrain_text(out, corpus, tokens, steps=steps, seconds=seconds, seed=seed, resume=resume)
            told = "nats per character on the validation text"
        else:
            raise CourseError(f"--family {family} learns from the story world alone: leave --corpus {corpus} out")
        if team.leads:
            typer.echo(f"wrote {out}: {loss:.4f} {told}")


def tune(
    task: Annotated[Task, typer.Argument(help="What the model is to learn.")] = Task.chat,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", metavar="FILE", help="Where it goes; else into runs.", show_default=False),
    ] = None,
    steps: Annotated[int | None, typer.Option(min=1, help="Train for so many steps; else as many as it had.")] = None,
    seed: Annotated[int, typer.Option(help="The order of the examples, and some of the choices among them.")] = 0,
) -> None:
    """Teach a shipped model a task, as the shipped chat-world, sentiment-world and answers-world were taught: to follow
    instructions (chapter 15), to classify (12), to answer by pointing (13).

    **Examples**

    - `llmcourse tune --steps 200`
    - `llmcourse tune sentiment`
    - `llmcourse tune answers --out mine.safetensors`
    """
    out = out or Path("runs") / f"{task.value}-world.safetensors"
    if task is Task.chat:
        from llmcourse.training.tune import tune as train

        right = train(out=out, steps=steps, seed=seed)
    elif task is Task.sentiment:
        from llmcourse.training.tune_task import tune_sentiment

        right = tune_sentiment(out, steps, seed)
    else:
        from llmcourse.analysis.squad_scores import score
        from llmcourse.training.tune_task import tune_answers

        right = tune_answers(out, score, steps, seed)
    typer.echo(f"wrote {out}: " + ", ".join(f"{task} {share:.0%} right" for task, share in right.items()))


def _load(checkpoint: Path | None) -> "tuple[GPT, Tokenizer]":
    from llmcourse.model.checkpoint import load_model, pretrained

    return pretrained("gpt-world") if checkpoint is None else load_model(checkpoint)
