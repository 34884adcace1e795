"""Linear attention: without the exponential, all that was read fits into one running sum.

Softmax attention weighs by exp(q · k). Take φ(q) · φ(k) instead, with a positive φ, and the sum over the keys can be
made before the query is known: S = Σ φ(k) vᵀ. It has one size, however long the text.

Katharopoulos et al. (2020), Transformers are RNNs: Fast Autoregressive Transformers with Linear Attention.
"""

import torch
import torch.nn.functional as F
from jaxtyping import Float
from torch import Tensor

from llmcourse.errors import CourseError


def positive(x: Float[Tensor, "*shape"]) -> Float[Tensor, "*shape"]:
    """φ: elu(x) + 1, which is x + 1 above 0 and exp(x) below; never negative."""
    return F.elu(x) + 1


def linear_attention(
    q: Float[Tensor, "*batch position d_head"],
    k: Float[Tensor, "*batch position d_head"],
    v: Float[Tensor, "*batch position d_value"],
) -> Float[Tensor, "*batch position d_value"]:
    """Causal linear attention as a recurrence: one token after the other, with a state of one size."""
    q, k = F.elu(q) + 1, F.elu(k) + 1
    state = torch.zeros_like(k[..., 0, :, None] * v[..., 0, None, :])  # *batch d_head d_value
    total = torch.zeros_like(k[..., 0, :])  # *batch d_head
    outputs = []
    for t in range(q.shape[-2]):
        state = state + k[..., t, :, None] * v[..., t, None, :]
        total = total + k[..., t, :]
        told = (q[..., t, None, :] @ state).squeeze(-2)
        outputs.append(told / (q[..., t, :] * total).sum(dim=-1, keepdim=True))
    return torch.stack(outputs, dim=-2)


def chunked_linear_attention(
    q: Float[Tensor, "*batch position d_head"],
    k: Float[Tensor, "*batch position d_head"],
    v: Float[Tensor, "*batch position d_value"],
    chunk: int = 64,
) -> Float[Tensor, "*batch position d_value"]:
    """The same numbers with few steps: pairs inside a chunk, the running sum for what lies before it.

    Raises CourseError for an empty chunk.
    """
    if chunk < 1:
        raise CourseError(f"chunk={chunk} must be 1 or more")
    q, k = positive(q), positive(k)
    v = F.pad(v, (0, 1), value=1.0)  # a column of ones: its mean is the sum to divide by
    state = torch.zeros_like(k[..., 0, :, None] * v[..., 0, None, :])
    outputs = []
    for start in range(0, q.shape[-2], chunk):
        here = slice(start, start + chunk)
        inside = (q[..., here, :] @ k[..., here, :].mT).tril()
        outputs.append(inside @ v[..., here, :] + q[..., here, :] @ state)
        state = state + k[..., here, :].mT @ v[..., here, :]
    z = torch.cat(outputs, dim=-2)
    return z[..., :-1] / z[..., -1:]
