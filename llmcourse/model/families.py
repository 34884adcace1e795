"""The three families by name, as checkpoints and formulas call them."""

from typing import TypeAlias

from torch import nn

from llmcourse.errors import CourseError
from llmcourse.model.bert import BERT
from llmcourse.model.encoder_decoder import EncoderDecoder
from llmcourse.model.gpt import GPT

LanguageModel: TypeAlias = GPT | BERT | EncoderDecoder

FAMILIES: dict[str, type[GPT] | type[BERT] | type[EncoderDecoder]] = {
    "gpt": GPT,
    "bert": BERT,
    "encoder_decoder": EncoderDecoder,
}


def family_of(model: nn.Module | type[nn.Module]) -> str:
    """The name of the family that a model, or a class of models, belongs to. Raises CourseError if it has none."""
    kind = model if isinstance(model, type) else type(model)
    for name, family in FAMILIES.items():
        if issubclass(kind, family):
            return name
    raise CourseError(f"{kind.__name__} is none of the families {', '.join(f.__name__ for f in FAMILIES.values())}")
