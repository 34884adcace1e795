"""Exercise: a Llama's config.json in our words."""
# mypy: allow-untyped-defs, allow-incomplete-defs

from llmcourse.course.exercise import Exercise
from llmcourse.model.hub.llama import sizes_from

BASE = {
    "vocab_size": 49152,
    "hidden_size": 576,
    "num_hidden_layers": 30,
    "num_attention_heads": 9,
    "num_key_value_heads": 3,
    "intermediate_size": 1536,
    "rms_norm_eps": 1e-5,
}


def settings(**changed):
    merged = {**BASE, **changed}
    return {name: value for name, value in merged.items() if value is not ...}


def returns_keywords(trial):
    if not isinstance(trial.result, dict):
        return f"Return a dict of ModelConfig's names and their values, not a {type(trial.result).__name__}."
    missing = [name for name in trial.expected if name not in trial.result]
    if missing:
        return f"`{missing[0]}` is not in your dict {trial.case}."
    extra = [name for name in trial.result if name not in trial.expected]
    if extra:
        return f"`{extra[0]}` is more than was asked for: the seven sizes will do."
    return None


def values(trial):
    for name, right in trial.expected.items():
        if trial.result[name] != right:
            return f"`{name}` is {trial.result[name]!r} {trial.case}, and should be {right!r}."
    return None


def translation(kv=None, width=None, d_ff=None):
    """The right translation with one setting read in another way."""

    def translate(found):
        right = sizes_from(found)
        changes = {"n_kv_heads": kv, "head_width": width, "d_ff": d_ff}
        return right | {name: change(found) for name, change in changes.items() if change}

    return translate


SIZES = Exercise(
    key="sizes",
    title="A config.json in our words",
    task="Write `sizes_from(settings)`: from the dict of a Llama's config.json to a dict with `vocab_size`, `d_model`, "
    "`n_layers`, `n_heads`, `n_kv_heads`, `head_width` and `d_ff`.",
    difficulty=1,
    minutes=10,
    answer=sizes_from,
    cases={
        "for SmolLM2": lambda draw: (settings(),),
        "with a head_dim of its own": lambda draw: (settings(head_dim=128),),
        "for a file from before there were shared keys": lambda draw: (settings(num_key_value_heads=...),),
        "with null in the place of both": lambda draw: (settings(num_key_value_heads=None, head_dim=None),),
    },
    tests=[returns_keywords, values],
    known_mistakes={
        "one head of keys by default": (
            translation(kv=lambda found: found.get("num_key_value_heads") or 1),
            "Where the file says nothing of shared keys, nothing is shared: there are as many heads of keys as of "
            "queries, and you make one.",
        ),
        "null is there": (
            translation(
                kv=lambda found: found.get("num_key_value_heads", found["num_attention_heads"]),
                width=lambda found: found.get("head_dim", found["hidden_size"] // found["num_attention_heads"]),
            ),
            "You allow for a name that is missing, but not for one whose value is null, which Python reads as None. "
            "Both mean the same.",
        ),
        "the width is always an equal share": (
            translation(width=lambda found: found["hidden_size"] // found["num_attention_heads"]),
            "You always share out the width of the stream. A file may say `head_dim`, and then it is that: in Qwen3 "
            "the heads together are wider than the stream.",
        ),
        "an equal share among the keys": (
            translation(
                width=lambda found: (
                    found.get("head_dim")
                    or found["hidden_size"] // (found.get("num_key_value_heads") or found["num_attention_heads"])
                )
            ),
            "The width is shared out among the heads of queries, not among those of keys.",
        ),
        "four times the width": (
            translation(d_ff=lambda found: 4 * found["hidden_size"]),
            "The feed-forward layers are as wide as the file says, in `intermediate_size`; four times the stream is "
            "GPT-2's custom.",
        ),
    },
    hints=[
        "Five of the seven are the file's value under another name. Compare the two columns above.",
        "`settings.get(name)` gives None both where the name is missing and where its value is null.",
        "`settings.get(name) or other` takes `other` for None. For `num_key_value_heads` that is the number of heads; "
        'for `head_dim` it is `settings["hidden_size"] // settings["num_attention_heads"]`.',
    ],
)
