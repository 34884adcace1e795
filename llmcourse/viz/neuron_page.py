"""bertviz's neuron view as a whole page that needs no network: how one query and the keys make a score.

The queries and keys are those whose dot product, divided by √d_head, *is* the score: in a model with rotary positions
and query-key norm, the vectors after both.

Vig (2019), A Multiscale Visualization of Attention in the Transformer Model.
"""

import json
import re
from types import SimpleNamespace
from typing import Any

import torch
from torch import Tensor

from llmcourse.errors import CourseError
from llmcourse.viz.bertviz_page import CDN_ADDRESS, CDN_TAG, whole_page
from llmcourse.viz.weights import NeuronMap

MOST_SHAPES = 60_000  # lines and cells of one head, which the browser keeps all at once
SCRIPT = re.compile(r"<script type=\"text/javascript\">\n(.*?)\n</script>", re.DOTALL)
# bertviz's opacity of a number in a vector, made for numbers of about 4 (the square of the score has its own)
OPACITY = re.compile(r'("opacity", function \(d\) \{\s*return Math\.tanh\(Math\.abs\(d\) / )4\)')

NEURON_HELP = (
    "Point at a token on the left, or reach it with Tab. Its query meets every key: their numbers are multiplied place "
    "by place, the products summed and divided by √d_head (the score, in the square), and the softmax makes shares of "
    "the scores. Blue is positive, orange negative, faint is near 0. The + beside a token opens the numbers, the − "
    "closes them; so does Enter."
)


def neuron_view_page(
    neurons: NeuronMap, layer: int, head: int, query: int, links: list[tuple[int, int]], title: str, alt: str
) -> str:
    """The neuron view, opened at the token number `query`; another layer, head or token by menu and mouse."""
    from bertviz.neuron_view import show

    check_size(neurons)
    attention = neurons.attention
    html = show(
        spoken_for(neurons),
        "gpt2",  # to bertviz: no special tokens, and no token sees a later one
        SimpleNamespace(tokenize=lambda _: attention.labels, convert_tokens_to_ids=lambda labels: [0] * len(labels)),
        "a text, which the model has read already",
        display_mode="light",
        layer=attention.layers.index(layer),
        head=attention.heads.index(head),
        html_action="return",
    ).data
    html, n_tags = CDN_TAG.subn("", html)
    scripts = SCRIPT.findall(html)
    script, n_changed = OPACITY.subn(rf"\g<1>{strong(neurons):.3f})", scripts[-1])
    if n_tags != 1 or len(scripts) != 2 or n_changed != 2:
        raise CourseError("this release of bertviz writes another kind of page: use bertviz 1.4")
    script = f"{data(scripts[0], attention.labels)}\n{CDN_ADDRESS.sub(repr(''), script)}"
    return whole_page(
        SCRIPT.sub("", html), script, "neuron view", attention, links, title, NEURON_HELP, alt, query=query
    )


def spoken_for(neurons: NeuronMap) -> Any:
    """What bertviz asks of a model: called with ids, it returns a tuple that ends with a dict for each layer."""

    class Read:
        def eval(self) -> None: ...

        def __call__(self, ids: Tensor) -> tuple[list[dict[str, Tensor]]]:
            maps = (neurons.attention.weights, neurons.queries, neurons.keys)
            rounded = zip(*(each.double().round(decimals=3).unsqueeze(1) for each in maps), strict=True)
            return ([dict(zip(("attn", "queries", "keys"), layer, strict=True)) for layer in rounded],)

    return Read()


def data(script: str, labels: list[str]) -> str:
    """bertviz's parameters, written compactly, with the tokens as they are (bertviz changes some signs in them)."""
    params = json.loads(script.partition("= ")[2])
    params["root_div_id"] = "bertviz"
    params["attention"]["all"] |= {"left_text": labels, "right_text": labels}
    return f"window.bertviz_params = {json.dumps(params, ensure_ascii=False, separators=(',', ':'))};"


def strong(neurons: NeuronMap) -> float:
    """A number that should be drawn as strong in this model: twice the typical size of those in queries and keys."""
    numbers = torch.cat([neurons.queries.flatten(), neurons.keys.flatten()])
    return max(2 * float(numbers.square().mean().sqrt()), 1e-3)


def check_size(neurons: NeuronMap) -> None:
    """Raises CourseError for a view that would hold up the browser, with a size that fits."""
    n, d_head = neurons.keys.shape[-2:]
    shapes = 8 * n * n + 3 * n * d_head
    if shapes > MOST_SHAPES:
        fitting = int((((3 * d_head) ** 2 + 32 * MOST_SHAPES) ** 0.5 - 3 * d_head) / 16) - neurons.attention.before
        raise CourseError(
            f"a neuron view of {n} tokens × {d_head} dimensions draws {shapes:,} shapes, too many for a browser: "
            f"take at most {fitting} tokens"
        )
