"""Pruning: set the weights to zero that are smallest in size, and see what is missed.

A zero is not a hole. A matrix with nine zeros in ten has the same shape, takes the same room and is multiplied in the
same time, unless it is stored and multiplied in another way. Whole heads and whole neurons can really be taken out;
single weights are only silenced.

Han et al. (2015), Learning both Weights and Connections for Efficient Neural Networks; Frankle and Carbin (2019), The
Lottery Ticket Hypothesis: Finding Sparse, Trainable Neural Networks.
"""

import copy
from typing import TypeVar

import torch
from jaxtyping import Bool, Float
from torch import Tensor, nn

from llmcourse.errors import CourseError
from llmcourse.model.feedforward import FeedForward
from llmcourse.model.gpt import GPT

Model = TypeVar("Model", bound=nn.Module)


def magnitude_mask(weight: Float[Tensor, "out in"], share: int | float) -> Bool[Tensor, "out in"]:
    """True for the weights that stay: all but the `share` of them that are nearest to 0, whatever their sign.

    Exactly `round(share · number of weights)` are False, also where several are equally near. Raises CourseError for a
    share outside of 0 to 1.
    """
    if not 0 <= share <= 1:
        raise CourseError(f"share={share} of the weights cannot be pruned: give a number from 0 to 1")
    smallest_first = weight.abs().flatten().argsort(stable=True)
    mask = torch.ones(weight.numel(), dtype=torch.bool, device=weight.device)
    mask[smallest_first[: round(share * weight.numel())]] = False
    return mask.view_as(weight)


@torch.no_grad()
def pruned(model: Model, share: int | float) -> Model:
    """A copy of the model in which each linear layer of the blocks has lost this share of its weights."""
    model = copy.deepcopy(model)
    for _, linear in block_linears(model):
        linear.weight.mul_(magnitude_mask(linear.weight, share))
    return model


def block_linears(model: nn.Module) -> list[tuple[str, nn.Linear]]:
    """The linear layers inside the blocks, by name: where nearly all weights of a Transformer are."""
    return [(name, part) for name, part in model.named_modules() if isinstance(part, nn.Linear) and "blocks." in name]


def pruned_bytes(model: nn.Module) -> int:
    """The room that a pruned model needs if only weights other than 0 are stored: 4 bytes each, and of every weight of
    the blocks one bit that says whether it is there."""
    linears = {id(linear.weight) for _, linear in block_linears(model)}
    total = 0
    for parameter in model.parameters():
        if id(parameter) in linears:
            total += 4 * int(parameter.count_nonzero()) + -(-parameter.numel() // 8)
        else:
            total += parameter.nbytes
    return total


@torch.no_grad()
def without_neurons(model: GPT, share: int | float) -> GPT:
    """A copy with narrower feed-forward layers: of each, the share of neurons is taken out that do the least.

    What a neuron does is measured by the length of its row of `up` times that of its column of `down`. The matrices
    become smaller, so this saves time as well as room. Raises CourseError for a share outside of 0 to 1, or of all
    neurons, and for gated layers.
    """
    if not 0 <= share < 1:
        raise CourseError(f"share={share} of the neurons cannot be taken out: give a number from 0 to below 1")
    model = copy.deepcopy(model)
    for layer in [part for part in model.modules() if isinstance(part, FeedForward)]:
        if layer.gate is not None:
            raise CourseError("this layer has a gate: a neuron there has two rows, and this function knows of one")
        strength = layer.up.weight.norm(dim=1) * layer.down.weight.norm(dim=0)
        stays = strength.argsort(descending=True)[: len(strength) - round(share * len(strength))].sort().values
        layer.up, layer.down = with_outputs(layer.up, stays), with_inputs(layer.down, stays)
    return model


def with_outputs(linear: nn.Linear, places: Tensor) -> nn.Linear:
    """A smaller layer: only these outputs."""
    smaller = nn.Linear(linear.in_features, len(places), bias=linear.bias is not None)
    smaller.weight.data = linear.weight[places].clone()
    if linear.bias is not None:
        smaller.bias.data = linear.bias[places].clone()
    return smaller


def with_inputs(linear: nn.Linear, places: Tensor) -> nn.Linear:
    """A smaller layer: only these inputs."""
    smaller = nn.Linear(len(places), linear.out_features, bias=linear.bias is not None)
    smaller.weight.data = linear.weight[:, places].clone()
    if linear.bias is not None:
        smaller.bias.data = linear.bias.clone()
    return smaller
