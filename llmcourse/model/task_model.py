"""What all fine-tuned models have in common: a pretrained backbone that reads, and a new head that answers.

The backbone keeps all it knows. Only the layers that scored words are not asked any more: a new head is in their place.
"""

from collections.abc import Mapping
from typing import Any

import torch
from torch import nn

from llmcourse.model.bert import BERT
from llmcourse.model.config import ModelConfig
from llmcourse.model.gpt import GPT


class TaskModel(nn.Module):
    """A BERT or a GPT (`backbone`), to which a subclass adds its `head`. `pad_id` is what fills up short rows."""

    def __init__(self, backbone: BERT | GPT, pad_id: int = 0):
        super().__init__()
        self.backbone, self.pad_id = backbone, pad_id

    @property
    def config(self) -> ModelConfig:
        """The backbone's settings."""
        return self.backbone.config

    @property
    def device(self) -> torch.device:
        return self.backbone.device

    @property
    def settings(self) -> Mapping[str, Any]:
        """What it was made with, besides its backbone, so that it can be made again."""
        return {"pad_id": self.pad_id}

    def leave_alone(self, *parts: nn.Module) -> None:
        """These parts of the backbone are not asked any more, and stay as they are. What the embeddings share with them
        is still read, and goes on learning."""
        shared = {id(parameter) for parameter in self.backbone.token_embedding.parameters()}
        for parameter in (parameter for part in parts for parameter in part.parameters()):
            if id(parameter) not in shared:
                parameter.requires_grad_(False)
