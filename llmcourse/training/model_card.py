"""The card that goes with a trained model: what it is, how it was made, how good it is, what it is not for.

Sections as in Mitchell et al. (2019), Model Cards for Model Reporting.
"""

from collections.abc import Mapping
from typing import Any

from llmcourse.model import GPT

CARD = """\
# Model card: {name}

## The model

A decoder-only Transformer (GPT) with {parameters:,} parameters: {n_layers} layers, {d_model} wide, {n_heads} heads,
a context of {context} tokens, {positions} positions, {norm}, {activation}. It predicts the next word of a story of the
course's world. Made by `llmcourse pretrain`; weights and tokenizer are in one safetensors file. MIT licence.

## Training

{steps:,} steps of {optimizer} on {tokens:,} tokens: the training split and {fresh_stories:,} fresh stories of the same
world, none of them in the validation or test split. Seed {seed}.

## Results

| on the validation stories | nats per token |
|---|---|
| this model | {validation_loss:.4f} |
| the floor: the world's own loss | {floor:.4f} |
| how far above it | {above:.1%} |

`make bench` measures these again, with the share of its samples that are stories of the world.

## Uses and limits

For the notebooks of this course. It knows a few hundred words and one kind of story; it cannot answer questions about
the real world, and what its stories say of people is what the world that wrote its training data says. Words that it
does not know are refused.
"""


def model_card(name: str, model: GPT, notes: Mapping[str, Any]) -> str:
    """The card as Markdown, from the model and the notes that `pretrain` saves with it."""
    config = model.config
    return CARD.format(
        name=name,
        parameters=sum(parameter.numel() for parameter in model.parameters()),
        n_layers=config.n_layers,
        d_model=config.d_model,
        n_heads=config.n_heads,
        context=config.context,
        positions=config.positions,
        norm=config.norm,
        activation=config.activation,
        above=notes["validation_loss"] / notes["floor"] - 1,
        **notes,
    )
