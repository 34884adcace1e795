"""The same weights in another order of memory: one decoding step reads them row by row, as they lie.

`nn.Linear` keeps a matrix as (out, in). With a single token the product is a vector times a matrix, and on many CPUs
the kernel for that is quicker when the numbers that belong to one *input* lie side by side. Names, shapes and values
stay the same; only the strides change.
"""

import torch
from torch import nn


@torch.no_grad()
def lay_out_for_decoding(model: nn.Module) -> nn.Module:
    """Let the weights of all linear layers of the model lie input by input. Changes the model, and returns it."""
    seen = set()
    for module in model.modules():
        if isinstance(module, nn.Linear) and module.weight not in seen:
            seen.add(module.weight)
            module.weight.data = module.weight.data.T.contiguous().T  # a tied embedding goes along: it is the same
    return model
