"""New words for a trained model: rows are added to the table that reads tokens and to the one that writes them."""

from dataclasses import replace

import torch

from llmcourse.errors import CourseError
from llmcourse.model.gpt import GPT


@torch.no_grad()
def with_vocabulary(model: GPT, vocab_size: int, seed: int = 0) -> GPT:
    """A copy of the model for a vocabulary to which tokens were added at the end; all else is as it was.

    A new row begins as the mean of the old ones, plus a little chance, so that no two new tokens are the same. From
    there it is near to all that the model knows; a row of zeros or of large numbers would be like nothing it has seen.

    Raises CourseError when the vocabulary would shrink.
    """
    old = model.config.vocab_size
    if vocab_size < old:
        raise CourseError(f"the model knows {old} tokens: a vocabulary of {vocab_size} would take some away")
    generator = torch.Generator().manual_seed(seed)
    with torch.random.fork_rng(devices=[]):  # making a model draws weights; that shall not move anyone's dice
        grown = GPT(replace(model.config, vocab_size=vocab_size))
    weights = dict(model.named_parameters())
    for name, parameter in grown.named_parameters():
        weight = weights[name].detach().cpu()
        if weight.shape == parameter.shape:
            parameter.copy_(weight)
            continue
        parameter[:old] = weight
        noise = torch.randn(vocab_size - old, weight.shape[1], generator=generator)
        parameter[old:] = weight.mean(0) + 0.5 * weight.std(0) * noise
    return grown.to(model.device).train(model.training)
