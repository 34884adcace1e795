"""Our GPT's weights in the transformers library's GPT-2: to have the same text written by somebody else's code."""

from typing import Any

import torch

from llmcourse.model.gpt import GPT
from llmcourse.model.hub.saving import family_and_config, their_tensors


def as_transformers_gpt2(model: GPT) -> Any:
    """A `GPT2LMHeadModel` with copies of the weights of `model`, which must be built as GPT-2 is (`GPT2_SMALL`).

    It is what `hub.save_pretrained` would write, without a file. Raises HubError, naming the setting, for a model that
    GPT-2's code cannot hold.
    """
    family, config = family_and_config(model, "gpt2")
    tensors = their_tensors(model, family, config)

    from transformers import GPT2Config, GPT2LMHeadModel

    settings = GPT2Config(**family.config_to(config), bos_token_id=None, eos_token_id=None)  # no token ends a text
    with torch.random.fork_rng(devices=[]):  # its own first weights shall not move the dice
        theirs = GPT2LMHeadModel(settings).eval()
    theirs.load_state_dict(tensors, strict=False)  # the table that it writes with is the one that it reads with
    return theirs
