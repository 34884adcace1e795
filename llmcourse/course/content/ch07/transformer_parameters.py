"""Exercise: how large the Transformer of 2017 is."""
# mypy: allow-untyped-defs, allow-incomplete-defs

from llmcourse.course.exercise import Exercise
from llmcourse.model.counting import transformer_parameters


def parameters(cross=1, biases=1, decoder_norms=3, encoder_norms=2, tables=1, norm_parts=2, layers=lambda n: (n, n),
               positions=0):  # fmt: skip
    """The count with one thing changed, so that a mistake takes a line."""

    def count(vocab_size, d_model, d_ff, n_layers):
        attention = 4 * (d_model**2 + biases * d_model)
        feedforward = 2 * d_model * d_ff + biases * (d_ff + d_model)
        norm = norm_parts * d_model
        encoder = attention + feedforward + encoder_norms * norm
        decoder = (1 + cross) * attention + feedforward + decoder_norms * norm
        n_encoder, n_decoder = layers(n_layers)
        embeddings = (tables * vocab_size + positions) * d_model
        return embeddings + n_encoder * encoder + n_decoder * decoder

    return count


def is_a_whole_number(trial):
    if isinstance(trial.result, float) and trial.result == int(trial.result):
        return "The value is right or wrong as a whole number: use * and //, so that no decimal point comes in."
    return None


TRANSFORMER_PARAMETERS = Exercise(
    key="transformer_parameters",
    title="How large is the Transformer of 2017?",
    task="Write `transformer_parameters(vocab_size, d_model, d_ff, n_layers)`: `n_layers` encoder layers and as many "
    "decoder layers, biases in every linear layer, norms with scale and shift, one table of words for all uses.",
    difficulty=2,
    minutes=15,
    answer=transformer_parameters,
    cases={
        "for the smallest one": lambda draw: (1, 1, 1, 1),
        "for a tiny one": lambda draw: (10, 4, 8, 1),
        "for two layers": lambda draw: (10, 4, 16, 2),
        "for the one of the paper": lambda draw: (37_000, 512, 2048, 6),
    },
    tests=[is_a_whole_number],
    tolerance=0,
    known_mistakes={
        "no cross-attention": (
            parameters(cross=0),
            "A decoder layer has a second attention, to the text that was read, as large as the first. It is missing.",
        ),
        "no biases": (
            parameters(biases=0),
            "You count the matrices, but not their biases: a linear layer from n to m has n · m + m numbers.",
        ),
        "a norm too few": (
            parameters(decoder_norms=2),
            "A decoder layer has three parts, and each part has its norm. You count two.",
        ),
        "norms without shift": (
            parameters(norm_parts=1),
            "A LayerNorm has a scale and a shift for each dimension: 2 · d_model. You count one of them.",
        ),
        "no norms": (
            parameters(encoder_norms=0, decoder_norms=0),
            "The norms are missing: each of a layer's parts has one, with a scale and a shift.",
        ),
        "three tables": (
            parameters(tables=3),
            "You count three tables of words, for source, target and output. The paper has one for all three.",
        ),
        "one half": (
            parameters(layers=lambda n: (n, 0)),
            "Only the encoder is there. The decoder has as many layers, and larger ones.",
        ),
        "learned positions": (
            parameters(positions=512),
            "You count a table of positions. Sines and cosines are computed, not learned: they are no parameters.",
        ),
    },
    hints=[
        "Take a sheet of paper, and list what one encoder layer is made of. Then add what a decoder layer has more.",
        "Attention is four linear layers from d_model to d_model: queries, keys, values, output. The heads only share "
        "out the width. The feed-forward layer goes up to d_ff and down again.",
        "Encoder layer: attention + feed-forward + 2 norms. Decoder layer: 2 attentions + feed-forward + 3 norms.",
        "`attention = 4 * (d_model**2 + d_model)`, `feedforward = 2 * d_model * d_ff + d_ff + d_model`, "
        "`norm = 2 * d_model`; and `vocab_size * d_model` for the words.",
    ],
)
