"""The way back through attention, as matrices side by side: from the output's gradient to that of the scores."""

from collections.abc import Sequence

from jaxtyping import Bool, Float
from matplotlib.figure import Figure
from torch import Tensor

from llmcourse.model.attention import scaled_dot_product_attention
from llmcourse.training.backprop import softmax_backward
from llmcourse.viz.attention_steps import draw_matrix
from llmcourse.viz.style import course_style, set_title


def backprop_steps(
    d_output: Float[Tensor, "query d_value"],
    q: Float[Tensor, "query d_head"],
    k: Float[Tensor, "key d_head"],
    v: Float[Tensor, "key d_value"],
    tokens: Sequence[str],
    mask: Bool[Tensor, "query key"] | None = None,
    *,
    title: str,
) -> Figure:
    """Four matrices: d_output, the weights of the way in, d_weights and d_scores (before the division by √d)."""
    _, weights = scaled_dot_product_attention(q, k, v, mask)
    d_weights = d_output @ v.mT
    keys = list(tokens)
    steps = [
        ("d_output", d_output, [f"dim {i}" for i in range(v.shape[-1])], None),
        ("weights (as they were)", weights, keys, mask),
        ("d_weights = d_output vᵀ", d_weights, keys, mask),
        ("d_scores (rows sum to 0)", softmax_backward(d_weights, weights), keys, mask),
    ]
    with course_style():
        figure = Figure(figsize=(12.5, 1.9 + 0.55 * len(keys)))
        widths = [max(2.0, matrix.shape[-1]) for _, matrix, _, _ in steps]
        for ax, (name, matrix, columns, shown) in zip(figure.subplots(1, 4, width_ratios=widths), steps, strict=True):
            draw_matrix(ax, matrix, keys, columns, shown)
            ax.set_title(name, fontsize=13, fontweight="normal", loc="center")
        set_title(figure, title)
    return figure
