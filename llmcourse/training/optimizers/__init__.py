"""Optimizers as one would write them: SGD, Adam, AdamW and Muon, each in a file of its own.

They take the same steps as PyTorch's (tests compare them step for step). Training uses PyTorch's, which update all
parameters with one fused kernel; these here are to be read.
"""

from llmcourse.training.optimizers.adam import Adam, AdamW, adam_step, adamw_step
from llmcourse.training.optimizers.base import Optimizer
from llmcourse.training.optimizers.muon import Muon, muon_step, orthogonalize
from llmcourse.training.optimizers.sgd import SGD, sgd_step

__all__ = [
    "SGD",
    "Adam",
    "AdamW",
    "Muon",
    "Optimizer",
    "adam_step",
    "adamw_step",
    "muon_step",
    "orthogonalize",
    "sgd_step",
]
