"""Attention: every token gathers, from the tokens before it, what it has use for.

Vaswani et al. (2017), Attention Is All You Need.
"""

import math

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float
from torch import Tensor, nn

from llmcourse.model.cache import LayerCache
from llmcourse.model.config import ModelConfig
from llmcourse.model.normalization import RMSNorm
from llmcourse.model.positions import RotaryPositions
from llmcourse.model.recording import HookPoint


def attention_scores(
    q: Float[Tensor, "*batch query d_head"], k: Float[Tensor, "*batch key d_head"]
) -> Float[Tensor, "*batch query key"]:
    """How well each query fits each key: their dot product.

    Dot products of wider vectors are larger, by the square root of the width; dividing by it keeps the softmax
    from choosing one key and ignoring all others before anything is learned.
    """
    return q @ k.mT / math.sqrt(q.shape[-1])


def attention_weights(
    scores: Float[Tensor, "*batch query key"], mask: Bool[Tensor, "*#batch query key"] | None = None
) -> Float[Tensor, "*batch query key"]:
    """The scores of each query as shares that sum to 1 over the keys (softmax).

    `mask` is True where attention is allowed; the weight of any other key is exactly 0. A query that may attend to
    nothing (a row of padding) gets weights of 0.
    """
    if mask is None:
        return scores.softmax(dim=-1)
    weights = scores.masked_fill(~mask, -math.inf).softmax(dim=-1)  # exp(-inf) = 0
    return weights.masked_fill(~mask, 0.0)  # changes only rows without any key, where 0/0 would be NaN


def scaled_dot_product_attention(
    q: Float[Tensor, "*batch query d_head"],
    k: Float[Tensor, "*batch key d_head"],
    v: Float[Tensor, "*batch key d_value"],
    mask: Bool[Tensor, "*#batch query key"] | None = None,
) -> tuple[Float[Tensor, "*batch query d_value"], Float[Tensor, "*batch query key"]]:
    """softmax(q kᵀ / √d_head) v: for each query, the mean of the values, weighted by how well their keys fit.

    `mask` is True where attention is allowed. Returns the output and the weights.
    """
    weights = attention_weights(attention_scores(q, k), mask)
    return weights @ v, weights


def causal_mask(
    n: int, n_keys: int | None = None, device: torch.device | str | None = None
) -> Bool[Tensor, "query key"]:
    """True where attention is allowed: at a token itself and those before it.

    With `n_keys` above `n`, the queries are the *last* n of n_keys positions, as when the earlier keys are in a cache.
    """
    n_keys = n if n_keys is None else n_keys
    key = torch.arange(n_keys, device=device)
    query = torch.arange(n_keys - n, n_keys, device=device)
    return key <= query[:, None]


class MultiHeadAttention(nn.Module):
    """Several attentions side by side, each with its own small queries, keys and values; their outputs are mixed.

    With `n_kv_heads` below `n_heads`, neighbouring heads share their keys and values: grouped-query attention
    (Ainslie et al., 2023), whose cache is smaller by that factor.

    Two ways to the same numbers: `explicit` spells the formula out, and so has weights that can be recorded; `fast`
    calls PyTorch's fused kernel, which never makes the whole matrix of weights. The fast one is taken unless somebody
    watches the scores or weights, or `path` is set to "explicit".
    """

    def __init__(self, config: ModelConfig):
        super().__init__()
        self.n_heads, self.kv_heads, self.d_head = config.n_heads, config.kv_heads, config.d_head
        self.path = "auto"  # or "explicit"

        self.w_q = nn.Linear(config.d_model, self.n_heads * self.d_head, bias=config.bias)
        self.w_k = nn.Linear(config.d_model, self.kv_heads * self.d_head, bias=config.bias)
        self.w_v = nn.Linear(config.d_model, self.kv_heads * self.d_head, bias=config.bias)
        self.w_o = nn.Linear(self.n_heads * self.d_head, config.d_model, bias=config.bias)
        self.q_norm = RMSNorm(self.d_head) if config.qk_norm else None
        self.k_norm = RMSNorm(self.d_head) if config.qk_norm else None
        is_rotary = config.positions == "rotary"
        self.rotary = RotaryPositions(config.context, self.d_head, config.rope_theta) if is_rotary else None
        self.weight_dropout = nn.Dropout(config.dropout)

        self.q, self.k, self.v = HookPoint(), HookPoint(), HookPoint()
        self.scores, self.weights = HookPoint(), HookPoint()
        self.z, self.output = HookPoint(), HookPoint()

    def forward(
        self,
        x: Float[Tensor, "batch position d_model"],
        mask: Bool[Tensor, "#batch position key"] | None = None,
        cache: LayerCache | None = None,
    ) -> Float[Tensor, "batch position d_model"]:
        """`mask`: True where attention is allowed, besides causality. `cache`: keys and values of earlier positions."""
        start = 0 if cache is None else cache.length

        q = self.split_heads(self.w_q(x), self.n_heads)
        k = self.split_heads(self.w_k(x), self.kv_heads)
        v = self.split_heads(self.w_v(x), self.kv_heads)
        if self.q_norm is not None and self.k_norm is not None:
            q, k = self.q_norm(q), self.k_norm(k)
        if self.rotary is not None:
            q, k = self.rotary(q, start), self.rotary(k, start)
        q, k, v = self.q(q), self.k(k), self.v(v)

        if cache is not None:
            k, v = cache.append(k, v)
        if self.kv_heads < self.n_heads:
            group = self.n_heads // self.kv_heads
            k, v = k.repeat_interleave(group, dim=1), v.repeat_interleave(group, dim=1)

        explicit = self.path == "explicit" or self.scores.watched or self.weights.watched
        attend = self.explicit if explicit else self.fast
        z = self.z(attend(q, k, v, mask))  # batch head position d_head
        return self.output(self.w_o(z.transpose(1, 2).flatten(-2)))

    @torch.no_grad()
    def start_by_copying(self) -> None:
        """Make the output projection half of the value projection, transposed: each head then adds to a token a
        shadow of the tokens that it attends to."""
        values = self.w_v.weight.unflatten(0, (self.kv_heads, self.d_head))  # head d_head d_model
        values = values.repeat_interleave(self.n_heads // self.kv_heads, dim=0)
        self.w_o.weight.copy_(0.5 * values.flatten(0, 1).T)

    def split_heads(
        self, x: Float[Tensor, "batch position width"], n_heads: int
    ) -> Float[Tensor, "batch head position d_head"]:
        return x.unflatten(-1, (n_heads, self.d_head)).transpose(1, 2)

    def explicit(
        self,
        q: Float[Tensor, "batch head query d_head"],
        k: Float[Tensor, "batch head key d_head"],
        v: Float[Tensor, "batch head key d_head"],
        mask: Bool[Tensor, "#batch query key"] | None,
    ) -> Float[Tensor, "batch head query d_head"]:
        """scaled_dot_product_attention, step by step, with a name for each step."""
        allowed = self.allowed(q.shape[-2], k.shape[-2], mask, q.device)
        scores = self.scores(attention_scores(q, k))
        weights = self.weights(attention_weights(scores, allowed))
        return self.weight_dropout(weights) @ v

    def fast(
        self,
        q: Float[Tensor, "batch head query d_head"],
        k: Float[Tensor, "batch head key d_head"],
        v: Float[Tensor, "batch head key d_head"],
        mask: Bool[Tensor, "#batch query key"] | None,
    ) -> Float[Tensor, "batch head query d_head"]:
        """The same through PyTorch's kernel, which needs no mask when all queries are there, or only the last one."""
        n_queries, n_keys = q.shape[-2], k.shape[-2]
        dropout = self.weight_dropout.p if self.training else 0.0
        if mask is None and n_queries == n_keys:
            return F.scaled_dot_product_attention(q, k, v, dropout_p=dropout, is_causal=True)
        last_only = mask is None and n_queries == 1
        allowed = None if last_only else self.allowed(n_queries, n_keys, mask, q.device)
        return F.scaled_dot_product_attention(q, k, v, attn_mask=allowed, dropout_p=dropout)

    @staticmethod
    def allowed(
        n_queries: int, n_keys: int, mask: Bool[Tensor, "#batch query key"] | None, device: torch.device
    ) -> Bool[Tensor, "#batch 1 query key"]:
        """Where a query may attend: not to what comes after it, nor where `mask` is False. The same in all heads."""
        causal = causal_mask(n_queries, n_keys, device)[None]
        return (causal if mask is None else causal & mask).unsqueeze(1)
