"""The same weights in another order of memory, so that one decoding step fetches them as fast as the machine can.

With a single token, a linear layer is a vector times a matrix: every weight is fetched and used once. On a CPU two
things decide how fast that goes. In which order the weights lie: `nn.Linear` keeps them output by output, and kernels
for one vector are quicker when those of one *input* lie side by side. And how many cores fetch: such a product is often
left to one of them, while a batch of products is shared among all; so the inputs are cut into a piece for each thread.

Names, shapes and values of the weights stay the same.
"""

from typing import TypeVar

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

Model = TypeVar("Model", bound=nn.Module)


class DecodingLinear(nn.Linear):
    """A linear layer that is quick for a single vector. It shares the weights of the layer that it is made of."""

    def __init__(self, linear: nn.Linear):
        nn.Module.__init__(self)  # no weights of its own
        self.in_features, self.out_features = linear.in_features, linear.out_features
        self.weight, self.bias = linear.weight, linear.bias
        self.weight.data = self.weight.data.T.contiguous().T  # input by input; a tied embedding goes along

    def forward(self, input: Float[Tensor, "*batch in"]) -> Float[Tensor, "*batch out"]:
        pieces = torch.get_num_threads()
        if input.numel() > self.in_features or self.in_features % pieces or input.device.type != "cpu":
            return F.linear(input, self.weight, self.bias)
        x = input.reshape(pieces, 1, -1)
        output = torch.bmm(x, self.weight.T.view(pieces, -1, self.out_features)).sum(0)  # 1 out
        output = output if self.bias is None else output + self.bias
        return output.view(*input.shape[:-1], self.out_features)


@torch.no_grad()
def lay_out_for_decoding(model: Model) -> Model:
    """Make every linear layer of the model a `DecodingLinear`. Changes the model, and returns it."""
    for parent in list(model.modules()):
        for name, child in list(parent.named_children()):
            if type(child) is nn.Linear:
                setattr(parent, name, DecodingLinear(child))
    return model
