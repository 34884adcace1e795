"""Attention: every token gathers, from the tokens that it may see, what it has use for.

Vaswani et al. (2017), Attention Is All You Need.
"""

import math

import torch
import torch.nn.functional as F
from jaxtyping import Bool, Float
from torch import Tensor, nn

from llmcourse.model.cache import LayerCache
from llmcourse.model.checks import check_attention_inputs
from llmcourse.model.config import ModelConfig
from llmcourse.model.heads import merge_heads, repeat_heads, split_heads
from llmcourse.model.masks import causal_mask
from llmcourse.model.normalization import RMSNorm
from llmcourse.model.positions import RotaryPositions
from llmcourse.model.recording import HookPoint


def attention_scores(
    q: Float[Tensor, "*batch query d_head"], k: Float[Tensor, "*batch key d_head"], scaled: bool = True
) -> Float[Tensor, "*batch query key"]:
    """How well each query fits each key: their dot product.

    Dot products of wider vectors are larger, by the square root of the width; dividing by it keeps the softmax
    from choosing one key and ignoring all others before anything is learned.
    """
    return q @ k.mT / math.sqrt(q.shape[-1]) if scaled else q @ k.mT


def attention_weights(
    scores: Float[Tensor, "*batch query key"], mask: Bool[Tensor, "*#batch #query key"] | None = None
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
    mask: Bool[Tensor, "*#batch #query key"] | None = None,
) -> tuple[Float[Tensor, "*batch query d_value"], Float[Tensor, "*batch query key"]]:
    """softmax(q kᵀ / √d_head) v: for each query, the mean of the values, weighted by how well their keys fit.

    `mask` is True where attention is allowed. Returns the output and the weights.
    """
    weights = attention_weights(attention_scores(q, k), mask)
    return weights @ v, weights


class MultiHeadAttention(nn.Module):
    """Several attentions side by side, each with its own small queries, keys and values; their outputs are mixed.

    Who may look where is what tells the families apart: in a decoder each token sees itself and those before it
    (`is_causal`), in an encoder all tokens see each other, and in cross-attention (`is_cross`) the queries come from
    one text and the keys and values from another, the `memory`.

    With `n_kv_heads` below `n_heads`, neighbouring heads share their keys and values: grouped-query attention
    (Ainslie et al., 2023), whose cache is smaller by that factor.

    Two ways to the same numbers: `explicit` spells the formula out, and so has weights that can be recorded; `fast`
    calls PyTorch's fused kernel, which never makes the whole matrix of weights. The fast one is taken unless somebody
    watches the scores or weights, or `path` is set to "explicit".
    """

    def __init__(self, config: ModelConfig, is_causal: bool = True, is_cross: bool = False):
        super().__init__()
        self.n_heads, self.kv_heads, self.d_head = config.n_heads, config.kv_heads, config.d_head
        self.d_model = config.d_model
        self.is_causal, self.is_cross = is_causal and not is_cross, is_cross
        self.scaled = config.scale_scores
        self.path = "auto"  # or "explicit"

        has_bias = config.projection_bias
        self.w_q = nn.Linear(config.d_model, self.n_heads * self.d_head, bias=has_bias)
        self.w_k = nn.Linear(config.d_model, self.kv_heads * self.d_head, bias=has_bias)
        self.w_v = nn.Linear(config.d_model, self.kv_heads * self.d_head, bias=has_bias)
        self.w_o = nn.Linear(self.n_heads * self.d_head, config.d_model, bias=has_bias)
        self.q_norm = RMSNorm(self.d_head, eps=config.norm_eps or 1e-6) if config.qk_norm else None
        self.k_norm = RMSNorm(self.d_head, eps=config.norm_eps or 1e-6) if config.qk_norm else None
        is_rotary = config.positions == "rotary" and not is_cross  # between two texts there is no distance
        scaling = config.rope_scaling
        self.rotary = RotaryPositions(config.context, self.d_head, config.rope_theta, scaling) if is_rotary else None
        self.longest = config.context if is_rotary else None  # there are no angles for later positions
        self.weight_dropout = nn.Dropout(config.dropout)

        self.q, self.k, self.v = HookPoint(), HookPoint(), HookPoint()
        self.scores, self.weights = HookPoint(), HookPoint()
        self.z, self.output = HookPoint(), HookPoint()

    def forward(
        self,
        x: Float[Tensor, "batch position d_model"],
        mask: Bool[Tensor, "*#batch #position key"] | None = None,
        cache: LayerCache | None = None,
        bias: Float[Tensor, "head position key"] | None = None,
        memory: Float[Tensor, "batch key d_model"] | None = None,
    ) -> Float[Tensor, "batch position d_model"]:
        """`mask`: True where attention is allowed, besides causality. `cache`: keys and values of earlier positions.
        `bias`: added to the scores. `memory`: in cross-attention, the vectors that keys and values come from.

        Raises CourseError, with shapes, for inputs that do not fit. A token that may attend to nothing gets the mean
        of nothing, 0, from every head. NaN in a token's vector comes out as NaN at that token and those that see it,
        and often in its whole text, since a weight of 0 times NaN is NaN.
        """
        start = 0 if cache is None else cache.length
        longest = self.longest if cache is None else cache.context
        check_attention_inputs(x, mask, memory, self.d_model, self.is_cross, start, longest)

        q = split_heads(self.w_q(x), self.n_heads)
        if self.q_norm is not None:
            q = self.q_norm(q)
        if self.rotary is not None:
            q = self.rotary(q, start)
        q = self.q(q)

        if self.is_cross and cache is not None and start > 0:
            k, v = cache.filled()  # the memory is the same for every word of the answer
        else:
            k, v = self.keys_and_values(x if memory is None else memory, start)
            if cache is not None:
                k, v = cache.append(k, v)
        if self.kv_heads < self.n_heads:
            k, v = repeat_heads(k, self.n_heads), repeat_heads(v, self.n_heads)

        explicit = self.path == "explicit" or self.scores.watched or self.weights.watched
        attend = self.explicit if explicit else self.fast
        z = self.z(attend(q, k, v, mask, bias))  # batch head position d_head
        return self.output(self.w_o(merge_heads(z)))

    def keys_and_values(
        self, x: Float[Tensor, "batch key d_model"], start: int
    ) -> tuple[Float[Tensor, "batch kv_head key d_head"], Float[Tensor, "batch kv_head key d_head"]]:
        """What the tokens of `x`, the first of them at position `start`, offer to those that look at them."""
        k = split_heads(self.w_k(x), self.kv_heads)
        v = split_heads(self.w_v(x), self.kv_heads)
        if self.k_norm is not None:
            k = self.k_norm(k)
        if self.rotary is not None:
            k = self.rotary(k, start)
        return self.k(k), self.v(v)

    @torch.no_grad()
    def start_by_copying(self) -> None:
        """Make the output projection half of the value projection, transposed: each head then adds to a token a
        shadow of the tokens that it attends to."""
        values = self.w_v.weight.unflatten(0, (self.kv_heads, self.d_head))  # head d_head d_model
        values = values.repeat_interleave(self.n_heads // self.kv_heads, dim=0)
        self.w_o.weight.copy_(0.5 * values.flatten(0, 1).T)

    def explicit(
        self,
        q: Float[Tensor, "batch head query d_head"],
        k: Float[Tensor, "batch head key d_head"],
        v: Float[Tensor, "batch head key d_head"],
        mask: Bool[Tensor, "*#batch #query key"] | None,
        bias: Float[Tensor, "head query key"] | None = None,
    ) -> Float[Tensor, "batch head query d_head"]:
        """scaled_dot_product_attention, step by step, with a name for each step."""
        scores = attention_scores(q, k, self.scaled)
        scores = self.scores(scores if bias is None else scores + bias)
        weights = self.weights(attention_weights(scores, self.allowed(q.shape[-2], k.shape[-2], mask, q.device)))
        return self.weight_dropout(weights) @ v

    def fast(
        self,
        q: Float[Tensor, "batch head query d_head"],
        k: Float[Tensor, "batch head key d_head"],
        v: Float[Tensor, "batch head key d_head"],
        mask: Bool[Tensor, "*#batch #query key"] | None,
        bias: Float[Tensor, "head query key"] | None = None,
    ) -> Float[Tensor, "batch head query d_head"]:
        """The same through PyTorch's kernel, which knows causality by itself when all queries are there."""
        n_queries, n_keys = q.shape[-2], k.shape[-2]
        dropout = self.weight_dropout.p if self.training else 0.0
        scale = None if self.scaled else 1.0
        if self.is_causal and mask is None and bias is None and n_queries == n_keys:
            return F.scaled_dot_product_attention(q, k, v, dropout_p=dropout, is_causal=True, scale=scale)
        # The last query sees all keys: with no more than that one, causality forbids nothing.
        needs_no_mask = mask is None and n_queries == 1
        allowed = None if needs_no_mask else self.allowed(n_queries, n_keys, mask, q.device)
        extra = allowed
        if bias is not None:
            extra = bias[None] if allowed is None else bias.masked_fill(~allowed, -math.inf)
        z = F.scaled_dot_product_attention(q, k, v, attn_mask=extra, dropout_p=dropout, scale=scale)
        if bias is not None and allowed is not None:  # with a bias, the kernel makes NaN of a query without any key
            z = z.masked_fill(~allowed.any(-1, keepdim=True), 0.0)
        return z

    def allowed(
        self, n_queries: int, n_keys: int, mask: Bool[Tensor, "*#batch #query key"] | None, device: torch.device
    ) -> Bool[Tensor, "#batch 1 #query key"] | None:
        """Where a query may attend: in a decoder not to what comes after it, and never where `mask` is False. The same
        in all heads. None: everywhere."""
        if mask is not None and mask.ndim == 2:
            mask = mask[None]  # the same for all texts of the batch
        if self.is_causal:
            causal = causal_mask(n_queries, n_keys, device)[None]
            mask = causal if mask is None else causal & mask
        return None if mask is None else mask.unsqueeze(1)
