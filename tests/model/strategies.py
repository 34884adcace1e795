"""Hypothesis strategies that several tests of models share."""

from typing import Any

from hypothesis import strategies as st


def settings_of_models() -> st.SearchStrategy[dict[str, Any]]:
    """Any combination of the settings of a model that fit each other, as keywords for `make_model`."""
    heads = st.sampled_from([(4, None), (4, 4), (4, 2), (4, 1), (2, 1), (1, None)])
    choices = {
        "heads": heads,
        "positions": st.sampled_from(["rotary", "learned", "sinusoidal", "alibi", "relative", "none"]),
        "norm": st.sampled_from(["rmsnorm", "layernorm"]),
        "norm_position": st.sampled_from(["pre", "post"]),
        "activation": st.sampled_from(["gelu", "gelu_tanh", "relu", "swiglu", "geglu", "reglu", "relu2"]),
        "qk_norm": st.booleans(),
        "bias": st.booleans(),
        "attention_bias": st.sampled_from([None, True, False]),
        "head_width": st.sampled_from([None, None, 6]),
        "tie_embeddings": st.booleans(),
        "n_layers": st.integers(1, 3),
        "d_ff": st.sampled_from([None, 10]),
        "seed": st.integers(0, 3),
    }
    return st.fixed_dictionaries(choices).map(with_heads)


def with_heads(settings: dict[str, Any]) -> dict[str, Any]:
    n_heads, n_kv_heads = settings.pop("heads")
    return {**settings, "n_heads": n_heads, "n_kv_heads": n_kv_heads}
