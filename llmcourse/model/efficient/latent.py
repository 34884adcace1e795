"""Latent attention: one small vector for each token is kept, and all heads make their keys and values from it.

The cache is what long texts fill memory with. Sharing keys and values among heads makes it smaller (grouped-query,
multi-query). Here they are not shared but *compressed*: c = W_down x, and k = W_k c, v = W_v c for each head.

DeepSeek-AI (2024), DeepSeek-V2: A Strong, Economical, and Efficient Mixture-of-Experts Language Model, section 2.1.
There a few rotary numbers for each token are kept besides; this layer has no positions.
"""

import torch
from jaxtyping import Float
from torch import Tensor, nn

from llmcourse.errors import CourseError
from llmcourse.model.attention import scaled_dot_product_attention
from llmcourse.model.heads import merge_heads, split_heads
from llmcourse.model.masks import causal_mask


def cached_numbers(n_heads: int, d_head: int, kind: str, n_kv_heads: int = 1, d_latent: int = 0) -> int:
    """How many numbers one layer's cache holds for each token: "multi-head", "grouped", "multi-query" or "latent".

    Raises CourseError for another kind.
    """
    numbers = {
        "multi-head": 2 * n_heads * d_head,
        "grouped": 2 * n_kv_heads * d_head,
        "multi-query": 2 * d_head,
        "latent": d_latent,
    }
    if kind not in numbers:
        raise CourseError(f"the kind {kind!r} is unknown: choose one of {list(numbers)}")
    return numbers[kind]


class LatentAttention(nn.Module):
    """Causal multi-head attention whose cache holds one vector of `d_latent` numbers for each token."""

    def __init__(self, d_model: int, n_heads: int, d_latent: int):
        super().__init__()
        if d_model % n_heads:
            raise CourseError(f"d_model={d_model} cannot be divided among {n_heads} heads")
        self.n_heads = n_heads
        self.w_q = nn.Linear(d_model, d_model, bias=False)
        self.w_down = nn.Linear(d_model, d_latent, bias=False)
        self.w_k = nn.Linear(d_latent, d_model, bias=False)
        self.w_v = nn.Linear(d_latent, d_model, bias=False)
        self.w_o = nn.Linear(d_model, d_model, bias=False)

    def forward(
        self, x: Float[Tensor, "batch position d_model"], cache: Float[Tensor, "batch key d_latent"] | None = None
    ) -> tuple[Float[Tensor, "batch position d_model"], Float[Tensor, "batch all_keys d_latent"]]:
        """The output, and the latents of all tokens so far: give them back as `cache` with the next tokens."""
        latent = self.w_down(x) if cache is None else torch.cat([cache, self.w_down(x)], dim=1)
        q = split_heads(self.w_q(x), self.n_heads)
        k, v = split_heads(self.w_k(latent), self.n_heads), split_heads(self.w_v(latent), self.n_heads)
        z, _ = scaled_dot_product_attention(q, k, v, causal_mask(x.shape[1], latent.shape[1], x.device))
        return self.w_o(merge_heads(z)), latent

    def absorbed(
        self, x: Float[Tensor, "batch position d_model"], cache: Float[Tensor, "batch key d_latent"] | None = None
    ) -> tuple[Float[Tensor, "batch position d_model"], Float[Tensor, "batch all_keys d_latent"]]:
        """The same without ever making keys and values: q · (W c) = (Wᵀ q) · c, so the queries go to the latents."""
        latent = self.w_down(x) if cache is None else torch.cat([cache, self.w_down(x)], dim=1)
        q = split_heads(self.w_q(x), self.n_heads)
        up_k = self.w_k.weight.unflatten(0, (self.n_heads, -1))  # head d_head d_latent
        up_v = self.w_v.weight.unflatten(0, (self.n_heads, -1))
        scale = (latent.shape[-1] / q.shape[-1]) ** 0.5  # the formula divides by the root of the width it sees
        kept = latent[:, None].expand(-1, self.n_heads, -1, -1)
        mask = causal_mask(x.shape[1], latent.shape[1], x.device)
        z, _ = scaled_dot_product_attention(scale * (q @ up_k), kept, kept, mask)
        return self.w_o(merge_heads(z @ up_v.mT)), latent


@torch.no_grad()
def low_rank_keys_and_values(
    w_k: Float[Tensor, "d_keys d_model"], w_v: Float[Tensor, "d_values d_model"], d_latent: int
) -> tuple[Float[Tensor, "d_keys d_model"], Float[Tensor, "d_values d_model"]]:
    """The nearest key and value matrices that go through a common latent of `d_latent` numbers.

    Both are stacked and cut to that rank (singular value decomposition). With d_latent = d_model nothing is lost.
    """
    u, sizes, vt = torch.linalg.svd(torch.cat([w_k, w_v]), full_matrices=False)
    both = (u[:, :d_latent] * sizes[:d_latent]) @ vt[:d_latent]
    return both[: len(w_k)], both[len(w_k) :]
