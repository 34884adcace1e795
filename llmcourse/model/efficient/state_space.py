"""A state-space layer: a state that each token first fades a little, and then adds to.

    S_t = a_t S_{t-1} + k_t v_tᵀ          y_t = S_tᵀ q_t

With all a_t = 1 it is linear attention without its division. Here each token computes its own a_t between 0 and 1, how
much of the past it keeps: the layer is *selective*. (Older ones had the same a at all times; they are convolutions.)

Gu and Dao (2023), Mamba: Linear-Time Sequence Modeling with Selective State Spaces; Dao and Gu (2024), Transformers are
SSMs, from where the chunked form comes.
"""

import math

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor, nn

from llmcourse.errors import CourseError


def scan(
    q: Float[Tensor, "*batch position d_state"],
    k: Float[Tensor, "*batch position d_state"],
    v: Float[Tensor, "*batch position d_value"],
    log_keep: Float[Tensor, "*batch position"],
) -> Float[Tensor, "*batch position d_value"]:
    """The recurrence, one token after the other. `log_keep`: ln a_t, at most 0."""
    state = torch.zeros_like(k[..., 0, :, None] * v[..., 0, None, :])
    outputs = []
    for t in range(q.shape[-2]):
        keep = log_keep[..., t].exp()[..., None, None]
        state = keep * state + k[..., t, :, None] * v[..., t, None, :]
        outputs.append((q[..., t, None, :] @ state).squeeze(-2))
    return torch.stack(outputs, dim=-2)


def chunked_scan(
    q: Float[Tensor, "*batch position d_state"],
    k: Float[Tensor, "*batch position d_state"],
    v: Float[Tensor, "*batch position d_value"],
    log_keep: Float[Tensor, "*batch position"],
    chunk: int = 64,
) -> Float[Tensor, "*batch position d_value"]:
    """The same with matrix products: pairs inside a chunk, the state for what lies before it.

    Between token j and a later token i the state fades by a_{j+1} ⋯ a_i, whose logarithm is a difference of running
    sums. Raises CourseError for an empty chunk.
    """
    if chunk < 1:
        raise CourseError(f"chunk={chunk} must be 1 or more")
    state = torch.zeros_like(k[..., 0, :, None] * v[..., 0, None, :])
    outputs = []
    for start in range(0, q.shape[-2], chunk):
        here = slice(start, start + chunk)
        queries, keys, values = q[..., here, :], k[..., here, :], v[..., here, :]
        faded = log_keep[..., here].cumsum(dim=-1)  # since the chunk's beginning
        between = faded[..., :, None] - faded[..., None, :]
        later = torch.ones(between.shape[-2:], dtype=torch.bool, device=q.device).triu(1)
        inside = (queries @ keys.mT) * between.masked_fill(later, -math.inf).exp()
        outputs.append(inside @ values + faded.exp()[..., None] * (queries @ state))
        left = (faded[..., -1:] - faded).exp()[..., None]  # of each token, at the chunk's end
        state = faded[..., -1].exp()[..., None, None] * state + (left * keys).mT @ values
    return torch.cat(outputs, dim=-2)


class StateSpace(nn.Module):
    """The recurrence as a layer: each token computes what it asks (q), where it writes (k), what it writes (v), how
    strongly (a step Δ) and how much of the past it keeps: a = exp(-Δ · rate).

    For each text it remembers d_state · d_model numbers, at any length.
    """

    def __init__(self, d_model: int, d_state: int = 16, chunk: int = 64):
        super().__init__()
        self.chunk = chunk
        self.w_q = nn.Linear(d_model, d_state, bias=False)
        self.w_k = nn.Linear(d_model, d_state, bias=False)
        self.w_v = nn.Linear(d_model, d_model, bias=False)
        self.w_step = nn.Linear(d_model, 1)
        self.w_o = nn.Linear(d_model, d_model, bias=False)
        self.log_rate = nn.Parameter(torch.tensor(-3.0))  # slow to forget, until it learns otherwise

    def forward(self, x: Float[Tensor, "batch position d_model"]) -> Float[Tensor, "batch position d_model"]:
        step = F.softplus(self.w_step(x))  # batch position 1
        q, k = F.normalize(self.w_q(x), dim=-1), F.normalize(self.w_k(x), dim=-1)
        y = chunked_scan(q, step * k, self.w_v(x), -(step * self.log_rate.exp()).squeeze(-1), self.chunk)
        return self.w_o(y)
