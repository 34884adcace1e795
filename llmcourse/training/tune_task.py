"""From a pretrained model to one with a head for a task: ``llmcourse tune sentiment`` and ``llmcourse tune answers``.

Chapters 12 and 13 tune for some seconds; the shipped `sentiment-world` and `answers-world` are the same recipes with
more labels and steps, and chapter 16 puts them to work.
"""

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

from torch import nn

from llmcourse.corpus.corpora import load
from llmcourse.corpus.sentiment import CLASSES, sentiment_examples, turned
from llmcourse.corpus.squad import SpanQuestion
from llmcourse.corpus.story_questions import story_questions
from llmcourse.device import pick_device
from llmcourse.inference.answers import answer_questions
from llmcourse.model.bert import BERT
from llmcourse.model.checkpoint import pretrained
from llmcourse.model.classifier import SequenceClassifier
from llmcourse.training.callbacks import ProgressBar
from llmcourse.training.config import TrainConfig
from llmcourse.training.finetuning import accuracy_of, finetune
from llmcourse.training.recipes import fresh_stories
from llmcourse.training.shipping import ship
from llmcourse.training.spans import finetune_spans, span_config, span_reader

Judge = Callable[[Sequence[SpanQuestion], Mapping[str, str]], Any]
SENTIMENT_STEPS, ANSWER_STEPS = 1_200, 2_400
BATCH_SIZE = 16

SENTIMENT_CARD = """\
# Model card: {name}

## The model

The course's GPT (see `gpt-world.md`) with a head for two classes, unhappy and happy, on the last token: how does the
person feel whom the question at the end of a story asks about? {parameters:,} parameters. Made by
`llmcourse tune sentiment`; weights and tokenizer are in one safetensors file. MIT licence.

## Training

{steps:,} steps of AdamW, 16 texts each, on {labels:,} labelled stories: half of them as the world tells them, half with
the feelings of the last sentence turned around, so that the plot alone is worth nothing. Seed {seed}.

## Results

Right on {right:.1%} of {judged} examples from the test split, and on {right_turned:.1%} of them turned around.

## Uses and limits

For chapter 16. It knows one question, *How did … feel at the end?*, and two answers; a text without the question is
no text that it has learned to judge. It says nothing about real people's feelings.
"""

ANSWERS_CARD = """\
# Model card: {name}

## The model

The course's BERT (see `bert-world.md`) with embeddings for two segments and a head that points from a gap behind the
question: at the first and the last word of the answer, or at `<bos>`, which says that there is none.
{parameters:,} parameters. Made by `llmcourse tune answers`; weights and tokenizer are in one safetensors file. MIT
licence.

## Training

{steps:,} steps of Muon, 16 questions each, on {labels:,} questions about as many fresh stories, a third of them
without an answer. Seed {seed}.

## Results

On {judged} questions about the stories of the test split, right to the letter (exact match): {exact:.1f}% of all,
{has_answer:.1f}% where there is an answer, {no_answer:.1f}% where there is none.

## Uses and limits

For chapter 16. Asked about somebody whom a story does not mention, with a question that the story would answer for
another, it mostly answers all the same: it hardly compares names (chapter 13). Its confidence is not calibrated.
"""


def tune_sentiment(out: Path, steps: int | None = None, seed: int = 0) -> dict[str, float]:
    """Tune the course's GPT to classify stories, save it with its card, and return the share of right labels."""
    corpus, (gpt, tokenizer), steps = load("world"), pretrained("gpt-world"), steps or SENTIMENT_STEPS
    model = SequenceClassifier(gpt, n_classes=len(CLASSES)).to(pick_device())
    labelled = sentiment_examples(corpus.train, min(2_000, 10 * steps))
    labelled += [turned(example) for example in labelled]
    config = TrainConfig(steps=steps, lr=1e-3, schedule="warmup_cosine", warmup=0.1, weight_decay=0.01, seed=seed)
    history = finetune(model, labelled, tokenizer, config, [ProgressBar()], BATCH_SIZE)
    test = sentiment_examples(corpus.test, 500)
    right = {
        "right": accuracy_of(model, test, tokenizer),
        "right_turned": accuracy_of(model, [turned(example) for example in test], tokenizer),
    }
    found = {name: round(share, 4) for name, share in right.items()}
    notes = {"steps": len(history.losses), "labels": len(labelled), "seed": seed, "judged": len(test), **found}
    ship(Path(out), model, tokenizer, notes, sentiment_card)
    return right


def tune_answers(out: Path, judge: Judge, steps: int | None = None, seed: int = 0) -> dict[str, float]:
    """Tune the course's BERT to point at answers, save it with its card, and return the share of exact matches.

    `judge` compares what was said with the questions, as `analysis.squad_scores.score` does.
    """
    corpus, (bert, tokenizer), steps = load("world"), pretrained("bert-world", BERT), steps or ANSWER_STEPS
    stories = fresh_stories(BATCH_SIZE * steps, avoid=[*corpus.train, *corpus.validation, *corpus.test])
    model = span_reader(bert, gap_id=tokenizer.id_of("<mask>")).to(pick_device())
    asked = story_questions(stories, seed)
    history = finetune_spans(model, asked, tokenizer, span_config(steps, seed), [ProgressBar()], BATCH_SIZE)
    test = story_questions(corpus.test, seed=3)
    answers = answer_questions(model, tokenizer, test)
    reached = judge(test, {id: answer.unless() for id, answer in answers.items()})
    notes = {
        "steps": len(history.losses),
        "labels": len(asked),
        "seed": seed,
        "judged": len(test),
        "exact": round(reached.exact, 2),
        "has_answer": round(reached.has_answer_exact, 2),
        "no_answer": round(reached.no_answer_exact, 2),
    }
    ship(Path(out), model, tokenizer, notes, answers_card)
    return {name: notes[name] / 100 for name in ("exact", "has_answer", "no_answer")}


def sentiment_card(name: str, model: nn.Module, notes: Mapping[str, Any]) -> str:
    """The card as Markdown, from the model and the notes that `tune_sentiment` saves with it."""
    return SENTIMENT_CARD.format(name=name, parameters=sum(p.numel() for p in model.parameters()), **notes)


def answers_card(name: str, model: nn.Module, notes: Mapping[str, Any]) -> str:
    """The card as Markdown, from the model and the notes that `tune_answers` saves with it."""
    return ANSWERS_CARD.format(name=name, parameters=sum(p.numel() for p in model.parameters()), **notes)
