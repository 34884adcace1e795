"""The card that goes with a trained model: what it is, how it was made, how good it is, what it is not for.

Sections as in Mitchell et al. (2019), Model Cards for Model Reporting.
"""

from collections.abc import Mapping
from typing import Any

from llmcourse.model import EncoderDecoder, family_of
from llmcourse.model.families import LanguageModel

CARD = """\
# Model card: {name}

## The model

{kind} with {parameters:,} parameters: {n_layers} layers, {d_model} wide, {n_heads} heads,
a context of {context} tokens, {positions} positions, {norm}, {activation}. {does}
course's world. Made by `{command}`; weights and tokenizer are in one safetensors file. MIT licence.

## Training

{steps:,} steps of {optimizer} on {tokens:,} {asked}: the training split and {fresh_stories:,} fresh stories of the same
world, none of them in the validation or test split. Seed {seed}.

## Results

| on the validation stories | {unit} |
|---|---|
| this model | {validation_loss:.4f} |
| the floor: the world's own loss | {floor:.4f} |
| how far above it | {above} |

{remark}

## Uses and limits

For the notebooks of this course. It knows a few hundred words and one kind of story; it cannot answer questions about
the real world, and what its {output} say of people is what the world that wrote its training data says. Words that it
does not know are refused.
"""

#: What the card of each family says in its own way.
WORDS = {
    "gpt": {
        "kind": "A decoder-only Transformer (GPT)",
        "does": "It predicts the next word of a story of the",
        "command": "llmcourse pretrain",
        "unit": "nats per token",
        "asked": "tokens",
        "remark": "`make bench` measures these again, with the share of its samples that are stories of the world.",
        "output": "stories",
    },
    "bert": {
        "kind": "An encoder-only Transformer (BERT)",
        "does": "It fills the gaps (`<mask>`) of a story of the",
        "command": "llmcourse pretrain --family bert",
        "unit": "nats per hidden word",
        "asked": "hidden words",
        "remark": "15% of the words are hidden, each by a mask, and the floor is exact: the world's own probability\n"
        "of each hidden word, given all that is seen on both sides. {right_tokens:.1%} of the hidden words are the\n"
        "model's first choice. It was trained with masks alone: first on words that stand twice or more, so that\n"
        "it could copy them, then with 30% of all words hidden.",
        "output": "guesses",
    },
    "encoder_decoder": {
        "kind": "A Transformer of an encoder and a decoder",
        "does": "It reads a story with its question, and writes the answer, in the",
        "command": "llmcourse pretrain --family encoder_decoder",
        "unit": "nats per token of the answer",
        "asked": "tokens of answers",
        "remark": "The answer follows from the story, so the floor is 0. {right_texts:.1%} of its likeliest answers\n"
        "are right to the letter.",
        "output": "answers",
    },
}


def model_card(name: str, model: LanguageModel, notes: Mapping[str, Any]) -> str:
    """The card as Markdown, from the model and the notes that `pretrain` saves with it."""
    config = model.config
    words = WORDS[family_of(model)]
    layers = f"{config.n_layers} + {config.decoder_layers}" if isinstance(model, EncoderDecoder) else config.n_layers
    loss, lowest = notes["validation_loss"], notes["floor"]
    every: dict[str, Any] = words | {
        "name": name,
        "parameters": sum(parameter.numel() for parameter in model.parameters()),
        "n_layers": layers,
        "d_model": config.d_model,
        "n_heads": config.n_heads,
        "context": config.context,
        "positions": config.positions,
        "norm": config.norm,
        "activation": config.activation,
        "above": f"{loss / lowest - 1:.1%}" if lowest > 0 else f"{loss - lowest:.4f}",
        "remark": words["remark"].format(**notes),
    }
    return CARD.format(**every, **notes)
