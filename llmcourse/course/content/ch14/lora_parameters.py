"""Exercise: how many numbers LoRA trains."""
# mypy: allow-untyped-defs, allow-incomplete-defs

from llmcourse.course.exercise import Exercise
from llmcourse.model.config import GATED, ModelConfig
from llmcourse.model.published import GPT2_SMALL
from llmcourse.training.tuning.counting import lora_parameters


def whole_number(trial):
    if not float(trial.result).is_integer():
        return f"It returned {trial.result:g} {trial.case}: parameters are counted in whole numbers."
    return None


def counted(per_layer, kv=True, gates=True, head=True, layers=True, biases=False):
    """The count with one thing changed. `per_layer(n_in, n_out, rank)` is what one linear layer gets."""

    def lora_parameters(config, rank, n_classes=0):
        d, inner = config.d_model, config.ff_width
        kv_width = config.kv_heads * config.d_head if kv else d
        ups = 2 if gates and config.activation in GATED else 1
        sizes = [(d, d), (d, kv_width), (d, kv_width), (d, d), *[(d, inner)] * ups, (inner, d)]
        total = (config.n_layers if layers else 1) * sum(per_layer(*size, rank) for size in sizes)
        if biases:
            total += config.n_layers * sum(n_out for _, n_out in sizes)
        return total + (per_layer(d, n_classes, rank) if head and n_classes else 0)

    return lora_parameters


def thin(n_in, n_out, rank):
    return rank * (n_in + n_out)


LORA_PARAMETERS = Exercise(
    key="lora_parameters",
    title="How many numbers LoRA trains",
    task="Write `lora_parameters(config, rank, n_classes=0)`: how many numbers LoRA trains on every linear layer of "
    "all blocks, and on a head of `n_classes` if there is one.",
    difficulty=2,
    minutes=15,
    answer=lora_parameters,
    cases={
        "for one tiny block": lambda draw: (ModelConfig(9, d_model=4, n_layers=1, n_heads=2, d_ff=8), 1),
        "for GPT-2 small": lambda draw: (GPT2_SMALL, 16),
        "for GPT-2 small with a head of two classes": lambda draw: (GPT2_SMALL, 16, 2),
        "for a model with grouped queries": lambda draw: (
            ModelConfig(9, d_model=32, n_layers=3, n_heads=4, n_kv_heads=1),
            4,
        ),
        "for gated feed-forward layers": lambda draw: (ModelConfig(9, d_model=32, n_layers=2, activation="swiglu"), 2),
    },
    tests=[whole_number],
    known_mistakes={
        "whole matrices": (
            counted(lambda n_in, n_out, rank: n_in * n_out),
            "You count the layers themselves. LoRA leaves them frozen and trains two thin matrices beside each.",
        ),
        "whole matrices times rank": (
            counted(lambda n_in, n_out, rank: rank * n_in * n_out),
            "rank · n_in · n_out would be many whole layers. A has rank · n_in numbers, and B has n_out · rank.",
        ),
        "only A": (
            counted(lambda n_in, n_out, rank: rank * n_in),
            "You count A and forget B, which leads from the rank to n_out.",
        ),
        "without the head": (
            counted(thin, head=False),
            "Right for the blocks. With `n_classes` there is a linear layer more, from d_model to n_classes.",
        ),
        "one block": (
            counted(thin, layers=False),
            "You count one block. There are `config.n_layers` of them.",
        ),
        "keys and values as wide as queries": (
            counted(thin, kv=False),
            "Right, but for grouped queries: keys and values then lead to kv_heads · d_head numbers, not to d_model.",
        ),
        "gates forgotten": (
            counted(thin, gates=False),
            "Right, but a gated feed-forward layer (swiglu, geglu) goes up twice: it has three matrices.",
        ),
        "biases": (
            counted(thin, biases=True),
            "You count the biases of the layers too. LoRA leaves them as they are.",
        ),
    },
    hints=[
        "One layer first, from n_in numbers to n_out: A is rank × n_in and B is n_out × rank. How many is that?",
        "A block has four layers in its attention (queries, keys, values, output) and two in its feed-forward part, up "
        "to `config.ff_width` and down again; three if `config.activation` is gated.",
        "Keys and values lead from `config.d_model` to `config.kv_heads * config.d_head`. The head leads from "
        "`config.d_model` to `n_classes`, once.",
        "Everything is `rank *` a sum of widths. For a GPT-2 block the sum is `4 * (d + d) + 2 * (d + 4 * d)`.",
    ],
)
